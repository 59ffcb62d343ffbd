#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

struct libdeflate_compressor;

namespace duel::http {

// Whether a client with this Accept-Encoding, be it in several lines, takes gzip and does not like the plain bytes
// better (RFC 9110 §12.5.3).
bool accepts_gzip(const FieldList& fields);
// False for types whose bytes are compressed already: images, films, archives.
bool may_shrink(std::string_view content_type);

struct GzipOptions {
  // Beego's gzipMinLength. Smaller bodies stay plain: gzip's own frame is 18 bytes.
  size_t least_bytes = 20;
  int level = 1;  // kLeastGzipLevel (fast) to kMostGzipLevel (small)
};
inline constexpr int kLeastGzipLevel = 1;
inline constexpr int kMostGzipLevel = 12;  // libdeflate's

// Compresses the bodies of one worker's responses, one after the other. Left plain are: bodies below the least size,
// what is encoded or partial already (Content-Encoding, 206), types that do not shrink (images, archives), and whatever
// does not get smaller. Files and streams do not come here (see Response::code_body()).
//
// Compresses on the worker's thread, which serves nobody else meanwhile.
class Gzip : public BodyCoder {
 public:
  explicit Gzip(GzipOptions options);  // throws std::bad_alloc
  ~Gzip() override;
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // For the response to this request, whose body is then to be coded.
  void start(const Request& request) { accepted_ = accepts_gzip(request.fields); }
  // Sets Vary where the answer depends on Accept-Encoding, and Content-Encoding where it is compressed.
  std::string_view code(Response& response, std::string_view body) override;

 private:
  std::string_view compress(std::string_view body);

  GzipOptions options_;
  libdeflate_compressor* compressor_;
  bool accepted_ = false;
  size_t capacity_ = 0;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace duel::http

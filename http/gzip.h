// For programs and routers that compress responses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

struct libdeflate_compressor;

namespace duel::http {

// Whether the Accept-Encoding lines of a request allow gzip and do not prefer the plain bytes (RFC 9110 §12.5.3).
bool accepts_gzip(const FieldList& fields);
// Whether compression may make a body of this type smaller. False for types that are compressed already: images, films,
// archives.
bool may_shrink(std::string_view content_type);

enum class Gunzip : uint8_t { kDecoded, kMalformed, kTooLarge };
// Decodes a body in the format gzip (RFC 1952), all its members, and appends it to `to`. Never makes more than
// `max_bytes`, however small the body is.
Gunzip gunzip(std::string_view body, size_t max_bytes, std::string& to);

struct GzipOptions {
  // Smaller bodies are not compressed. The default is Beego's gzipMinLength; the gzip format itself adds 18 bytes.
  size_t min_bytes = 20;
  int level = 1;  // kMinGzipLevel (fast) to kMaxGzipLevel (small)
};
inline constexpr int kMinGzipLevel = 1;
inline constexpr int kMaxGzipLevel = 12;  // libdeflate's maximum

// Compresses the response bodies of one worker, one at a time, on the worker's thread: the worker's other connections
// wait meanwhile.
//
// Not compressed are bodies below GzipOptions::min_bytes, encoded or partial bodies (Content-Encoding, 206), types for
// which may_shrink() is false, and bodies that would not get smaller. Files and streams never reach this class
// (Response::code_body()).
class Gzip : public BodyCoder {
 public:
  explicit Gzip(GzipOptions options);  // throws std::bad_alloc
  ~Gzip() override;
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Call it before the response to `request` ends; then pass this object to Response::code_body().
  void start(const Request& request) { accepted_ = accepts_gzip(request.fields); }
  // Sets Vary if the answer depends on Accept-Encoding, and Content-Encoding if the body is compressed.
  std::string_view code(Response& response, std::string_view body) override;
  // Whether the answer with the body would be compressed is not known here, so Vary is always set.
  void describe_not_modified(Response& response) override;

 private:
  std::string_view compress(std::string_view body);

  GzipOptions options_;
  libdeflate_compressor* compressor_;
  bool accepted_ = false;
  size_t capacity_ = 0;
  std::unique_ptr<char[]> buffer_;
};

}  // namespace duel::http

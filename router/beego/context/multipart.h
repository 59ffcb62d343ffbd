#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::beego::context {

// A file of a form. The bytes are a view into the request's body.
struct FormFile {
  std::string field;
  std::string filename;  // as the client says, without folders; never use it as a path unseen
  std::string_view content_type;
  std::string_view bytes;
};

struct MultipartForm {
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<FormFile> files;
};

// Go's bound (multipartmaxparts), for the same reason: a part costs more than the bytes that make it.
inline constexpr size_t kFormPartsMost = 1000;
// Content-Disposition, Content-Type and what a client adds.
inline constexpr size_t kPartHeadBytesMost = 4096;

// Takes a body of multipart/form-data apart (RFC 7578, RFC 2046 §5.1.1). `content_type` is the request's whole field.
// Nothing if the body is no such form, breaks off or passes a bound.
std::optional<MultipartForm> parse_multipart(std::string_view body, std::string_view content_type);

}  // namespace duel::beego::context

#pragma once

#include <forward_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::beego::context {

// For applications: a file of a form (mime/multipart's FileHeader). The bytes are a view into the body of the request.
struct FormFile {
  std::string field;
  std::string filename;           // from the client, without folder and drive; may be empty. Do not open it unchecked.
  std::string_view content_type;  // from the client; may be empty. Valid as long as the form.
  std::string_view bytes;
};

struct MultipartForm {
  // One sentence if the body is malformed or exceeds a limit; then ignore the other members.
  const char* error = "";
  std::vector<std::pair<std::string, std::string>> values;
  std::vector<FormFile> files;
  std::forward_list<std::string> content_types;  // the storage of content types without escapes and folds
};

// Reads a body of multipart/form-data, see http/grammar/multipart.h. `content_type` is the whole Content-Type field of
// the request.
MultipartForm parse_multipart(std::string_view body, std::string_view content_type);

}  // namespace duel::beego::context

#pragma once

#include <span>
#include <string_view>

#include "router/gin/binding/values.h"
#include "router/gin/memory/arena.h"

namespace duel::gin {

// For applications: a file of a form (mime/multipart's FileHeader). The views point into the body of the request or
// into the arena.
struct FormFile {
  std::string_view name;          // of the field
  std::string_view filename;      // from the client, without folder and drive; may be empty. Do not open it unchecked.
  std::string_view content_type;  // from the client; may be empty
  std::string_view bytes;
};

struct Multipart {
  std::span<const binding::Pair> values{};
  std::span<const FormFile> files{};
  std::string_view error{};  // a sentence if the body is malformed; then there are no values and no files
};

// Reads a body of multipart/form-data, see http/grammar/multipart.h. `content_type` is the whole Content-Type field of
// the request. The arena holds the lists, and the texts that had escapes or folds.
Multipart read_multipart(std::string_view body, std::string_view content_type, memory::Arena& arena);

}  // namespace duel::gin

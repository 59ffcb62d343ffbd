#pragma once

#include <span>
#include <string_view>

#include "router/gin/binding/values.h"
#include "router/gin/memory/arena.h"

namespace duel::gin {

// A file of a form. Views into the request's body.
struct FormFile {
  std::string_view name;          // of the field
  std::string_view filename;      // as the client says, without folder and drive; may be empty; never a path unseen
  std::string_view content_type;  // as the client says; may be empty
  std::string_view bytes;
};

struct Multipart {
  std::span<const binding::Pair> values{};
  std::span<const FormFile> files{};
  std::string_view error{};  // a sentence if the body is no such form; then there are no values and no files
};

// Go's bound (multipartmaxparts), for the same reason: a part costs more than the bytes that make it.
inline constexpr size_t kMaxFormParts = 1000;
// Content-Disposition, Content-Type and what a client adds.
inline constexpr size_t kMaxPartHeadBytes = 4096;

// Takes a body of multipart/form-data apart (RFC 7578, RFC 2046 §5.1.1), in place. `content_type` is the request's
// whole field. Lists and what must be unescaped go to the arena.
Multipart read_multipart(std::string_view body, std::string_view content_type, memory::Arena& arena);

// The value of a parameter of a field like `form-data; name="a b"; filename=x` without its quotes (RFC 9110 §5.6.6);
// empty if there is none.
std::string_view parameter_of(std::string_view field, std::string_view name, memory::Arena& arena);

}  // namespace duel::gin

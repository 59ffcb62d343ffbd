#pragma once

#include <memory>
#include <vector>

#include "http/request.h"
#include "router/gin/input.h"
#include "router/gin/memory/arena.h"

namespace duel::gin {

namespace internal {

// What a copy owns; a base, so that it exists before Input refers to it.
struct OwnedRequest {
  explicit OwnedRequest(const http::Request& from);
  std::unique_ptr<char[]> bytes;
  std::vector<http::FieldSpan> spans;
  http::Request request_bytes;
  memory::Arena arena_bytes;
};

}  // namespace internal

// A request with all that it points to, for use beyond the handler, also on another thread: everything that Input says,
// and the keys whose values can be copied (of a std::string_view its bytes, too; what others point to is not). It
// cannot answer. Its client's address was asked for when the copy was made.
class RequestCopy : private internal::OwnedRequest, public Input {
 public:
  explicit RequestCopy(Input& from);
};

}  // namespace duel::gin

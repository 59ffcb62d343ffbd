#pragma once

#include <memory>
#include <vector>

#include "http/request.h"
#include "router/gin/input.h"
#include "router/gin/memory/arena.h"

namespace duel::gin {

namespace internal {

// For RequestCopy: the memory of a copy. It is a base class so that it is constructed before Input, which refers to it.
struct OwnedRequest {
  explicit OwnedRequest(const http::Request& from);
  std::unique_ptr<char[]> bytes;
  std::vector<http::FieldSpan> spans;
  http::Request request_bytes;
  memory::Arena arena_bytes;
};

}  // namespace internal

// For applications: a copy of a request that outlives the handler and may be used on another thread (Gin's
// Context.Copy). It has every member of Input, and the keys whose values can be copied. The bytes of a
// std::string_view are copied too. Memory to which other values point is not copied. It cannot answer the request. The
// address of the client is read from the socket when the copy is made.
class RequestCopy : private internal::OwnedRequest, public Input {
 public:
  explicit RequestCopy(Input& from);
};

}  // namespace duel::gin

#pragma once

#include <string_view>

#include "router/gin/declare.h"
#include "router/gin/memory/arena.h"

// For Engine: from the path on the wire to the path that is looked up.
namespace duel::gin {

class Context;

struct RequestPath {
  std::string_view matched{};  // the path to look up; a view of the request or of the arena
  bool raw = false;            // `matched` is still percent-encoded
  bool valid = true;           // false: the target holds a malformed escape; Go's server answers 400
};

// Decodes the path of the request and sets it as the context's path(). Copies only if there is something to decode or
// to clean.
RequestPath decode_path(Context& context, const Options& options);

// Answers 400, as Go's server does for a target that it cannot parse.
void refuse_target(Context& context);

// Go's path.Clean, with the trailing slash kept. Lives in the arena.
std::string_view clean_request_path(std::string_view path, memory::Arena& arena);

}  // namespace duel::gin

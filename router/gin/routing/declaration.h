#pragma once

#include <cstdint>
#include <string_view>

namespace duel::gin {
class Context;  // the argument of a handler; routing does not use its members
}

namespace duel::gin::routing {

// For router/gin/declare.h, which makes declarations, and compile.h, which reads them.

// A handler or a middleware: both have the same type. A lambda without captures converts to it.
using Handler = void (*)(Context&);

// One item of the flat list that declares an application.
struct Declaration {
  enum class Kind : uint8_t {
    kRoute,    // has method and path; the kHandler items after it are its own chain
    kHandler,  // has handler
    kUse,      // has handler: middleware for the rest of this group, and for 404 and 405 if outside of all groups
    kGroup,    // has path; ends with the matching kGroupEnd
    kGroupEnd,
    kNoRoute,   // the kHandler items after it answer 404
    kNoMethod,  // the kHandler items after it answer 405
  };
  Kind kind = Kind::kHandler;
  Handler handler = nullptr;
  std::string_view method;
  std::string_view path;
};

}  // namespace duel::gin::routing

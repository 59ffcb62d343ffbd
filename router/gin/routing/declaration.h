#pragma once

#include <cstdint>
#include <string_view>

namespace duel::gin {
class Context;  // what a handler gets; routing never looks into it
}

namespace duel::gin::routing {

// Middleware and handlers are the same thing. A captureless lambda converts.
using Handler = void (*)(Context&);

// One item of an application's flat list; router/gin/routing/declaration.h makes them.
struct Declaration {
  enum class Kind : uint8_t {
    kRoute,    // method and path; the kHandler items behind it are its own chain
    kHandler,  // handler
    kUse,      // handler: middleware for what follows in this group (and for 404 and 405, if at the top)
    kGroup,    // path; up to the matching kGroupEnd
    kGroupEnd,
    kNoRoute,   // the kHandler items behind it answer 404
    kNoMethod,  // the kHandler items behind it answer 405
  };
  Kind kind = Kind::kHandler;
  Handler handler = nullptr;
  std::string_view method;
  std::string_view path;
};

}  // namespace duel::gin::routing

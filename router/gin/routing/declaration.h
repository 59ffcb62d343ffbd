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

// A middleware that answers OPTIONS requests for the routes of other methods, such as CORS preflights. It converts to a
// Handler. If it stands in a group or in the chain of a route, an OPTIONS request for such a route runs the chain up to
// this middleware, although OPTIONS has no route there.
struct OptionsMiddleware {
  Handler handler;
  constexpr operator Handler() const { return handler; }  // NOLINT: it is used like a handler
  void operator()(Context& context) const { handler(context); }
};

template <class T>
inline constexpr bool kAnswersOptions = false;
template <>
inline constexpr bool kAnswersOptions<OptionsMiddleware> = true;

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
  bool answers_options = false;  // of kHandler and kUse: made from an OptionsMiddleware
};

}  // namespace duel::gin::routing

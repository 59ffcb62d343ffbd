// For applications in the Beego style, as beego::RouteError.
#pragma once

#include <stdexcept>

namespace duel::beego::routing {

// A wrong registration. what() is one sentence that quotes the wrong text and says what is wrong with it.
class RouteError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

}  // namespace duel::beego::routing

#pragma once

#include <stdexcept>

namespace duel::beego::routing {

// A registration that the Beego style refuses; what() is one sentence with what was given and what is wrong with it.
class RouteError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

}  // namespace duel::beego::routing

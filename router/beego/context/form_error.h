#pragma once

#include <stdexcept>

namespace duel::beego::context {

// For applications, as beego::FormError: the form that the client sent is malformed or exceeds a limit. what() is one
// sentence for the client. If nobody catches it, the Engine answers with 400.
class FormError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace duel::beego::context

#pragma once

#include <stdexcept>

namespace duel::beego::formats {

// A value that a format (JSON, XML, YAML) cannot show: a type that it does not know, a number that it has no form for,
// nesting that is too deep. what() says which.
class FormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Go's encoder of JSON begins to look for cycles at depth 1000; boxes cannot form one, so deeper nesting is refused in
// every format: the recursion must end before the stack does.
inline constexpr int kMaxNesting = 1000;

}  // namespace duel::beego::formats

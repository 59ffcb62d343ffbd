// For applications in the Beego style, and for the encoders.
#pragma once

#include <stdexcept>

namespace duel::beego::formats {

// Thrown if a value cannot be written as JSON, XML or YAML: its type is unknown, its number is not finite, or it is
// nested too deeply. what() names the reason in Go's words, which the client gets. It does not name the C++ type:
// clients should not learn how the program is made (CWE-209).
class FormatError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Deeper values are refused, so that the recursion ends before the stack. Go's JSON encoder begins to look for cycles
// at the same depth; boxes cannot form cycles.
inline constexpr int kMaxNesting = 1000;

}  // namespace duel::beego::formats

// For the program and its threads.
#pragma once

#include <stdexcept>

namespace duel::load {

// The run cannot start, or cannot go on. what() is one sentence with the cause and the cure.
class StartFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace duel::load

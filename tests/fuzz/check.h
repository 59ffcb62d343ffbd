#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace duel::fuzz {

// Ends the program if what the target checks does not hold, and prints `text`, the part of the input that shows it.
inline void check(bool holds, const char* what, std::string_view text) {
  if (holds) return;
  std::cerr << what << "\ntext (" << text.size() << "): " << text << '\n';
  std::abort();
}

}  // namespace duel::fuzz

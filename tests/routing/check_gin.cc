// check_gin DIR: compares the applications that were compiled from DIR with the outcomes recorded there. Prints the
// differences, the number of excused requests by class, and "N agreed, M differ, K excused". The exit status is 0 if
// there is no difference, 1 if there is one, and 2 if DIR cannot be read.

#include <exception>
#include <iostream>

#include "tests/routing/gin_check.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: check_gin DIR\n";
    return 2;
  }
  try {
    const auto result = duel::gin::routing::check(argv[1]);
    for (const std::string& difference : result.differences) std::cout << difference << '\n';
    std::cout << result.refusals_agreed << " refused registrations agreed\n";
    for (const auto& [why, ids] : result.excused) std::cout << "excused, " << why << ": " << ids.size() << '\n';
    std::cout << result.agreed << " agreed, " << result.differences.size() << " differ, " << result.excused_count()
              << " excused\n";
    return result.differences.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "check_gin: " << error.what() << '\n';
    return 2;
  }
}

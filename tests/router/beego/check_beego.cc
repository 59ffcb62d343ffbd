// check_beego DIR: compares the Beego style with recorded outcomes (tests/data/routing/FORMAT.md). Prints each
// difference, the number of excused requests by class, and "N agreed, M differ, K excused". Exit status 0: no
// difference; 1: at least one difference; 2: DIR cannot be read.

#include <exception>
#include <iostream>

#include "tests/router/beego/corpus.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: check_beego DIR\n";
    return 2;
  }
  try {
    const auto result = duel::beego::testing::run_corpus(argv[1]);
    for (const std::string& difference : result.differences) std::cout << difference << '\n';
    if (result.excused > 0) std::cout << "excused, crashed: " << result.excused << '\n';
    std::cout << result.agreed << " agreed, " << result.differences.size() << " differ, " << result.excused
              << " excused\n";
    return result.differences.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "check_beego: " << error.what() << '\n';
    return 2;
  }
}

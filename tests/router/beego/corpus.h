#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace duel::beego::testing {

// The result of a comparison with recorded cases (tests/data/routing/FORMAT.md).
struct CorpusResult {
  size_t agreed = 0;
  size_t excused = 0;  // requests on which beego 2.1.0 crashed
  std::vector<std::string> differences;
};

// For each case of each *.json file below `directory`: builds the application, sends the requests and compares all
// recorded outcomes. Throws std::runtime_error if there is no such file or a file is not of the format.
CorpusResult run_corpus(const std::filesystem::path& directory);

}  // namespace duel::beego::testing

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace duel::beego::testing {

// What a run over recorded cases (tests/data/routing/FORMAT.md) came to.
struct CorpusResult {
  size_t agreed = 0;
  size_t excused = 0;  // requests on which the original crashed
  std::vector<std::string> differences;
};

// Every case of every *.json file below `directory`: builds the application, sends the requests, compares everything
// that was recorded. Throws std::runtime_error if there is no such file or one is not of the format.
CorpusResult run_corpus(const std::filesystem::path& directory);

}  // namespace duel::beego::testing

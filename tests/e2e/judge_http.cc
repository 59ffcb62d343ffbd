// Judges any server of HTTP/1.1 that listens on this machine: `judge_http PORT CASES [TEXT...]`. CASES is a folder as
// tests/data/conformance. Cases whose requests contain one of the texts are left out, such as "/echo" for a server that
// has no such path. Prints each case that the server does not pass, and why, and at last the scores.
// bench/rivals/servers gives it the servers of other projects.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "tests/e2e/conformance.h"

namespace duel::e2e {
namespace {

// Short, because many servers wait for more bytes where an answer is expected. An answer on the same machine takes less
// than a millisecond.
constexpr std::chrono::milliseconds kAnswerPatience{400};

bool contains_any(const Case& wanted, const std::vector<std::string>& texts) {
  return std::any_of(wanted.steps.begin(), wanted.steps.end(), [&](const Step& step) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const std::string& text) { return step.send.find(text) != std::string::npos; });
  });
}

void judge_all(uint16_t port, const std::filesystem::path& folder, const std::vector<std::string>& left_out) {
  const Target target{.port = port, .workers = 1, .patience = kAnswerPatience, .lenient = true};
  Scores all;
  for (const std::filesystem::path& file : case_files(folder)) {
    for (const Case& wanted : read_cases(file, {{"etag", ""}})) {
      if (contains_any(wanted, left_out)) continue;
      const std::string fault = judge(wanted, target, Pieces::kWhole);
      if (!fault.empty()) std::cout << wanted.place << ": " << wanted.title << ": " << fault << "\n";
      all.count(wanted.level, fault.empty());
    }
  }
  std::cout << "all for " << port << ": " << all << std::endl;
}

}  // namespace
}  // namespace duel::e2e

int main(int argc, char** argv) {
  constexpr int kPortMax = 65535;
  const int port = argc < 3 ? 0 : std::atoi(argv[1]);
  if (port <= 0 || port > kPortMax) {
    std::cerr << "judge_http: give the port of a server and the folder of the cases: judge_http PORT CASES [TEXT...]\n";
    return 2;
  }
  try {
    duel::e2e::judge_all(static_cast<uint16_t>(port), argv[2], {argv + 3, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "judge_http: " << error.what() << "\n";
    return 1;
  }
  return 0;
}

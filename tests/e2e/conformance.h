#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "tests/e2e/client.h"

// Tests HTTP/1.1 servers: sends the cases of tests/data/conformance over real sockets and judges the answers. The
// README.md there describes the format.
namespace duel::e2e {

enum class Level : uint8_t { kMust, kShould };

struct Step {
  std::string send;
  bool shut_down = false;           // the client shuts down its sending side after these bytes
  std::vector<std::string> expect;  // words, in order
};

struct Case {
  std::string place;  // file:line
  Level level = Level::kMust;
  std::string section;              // of the RFC
  std::vector<std::string> except;  // the styles that do not pass it, as README.md explains
  std::string title;
  std::vector<Step> steps;
};

using Texts = std::map<std::string, std::string>;

// Reads the cases of one file; `texts` are the names in braces. Throws an error that names the line.
std::vector<Case> read_cases(const std::filesystem::path& file, Texts texts);

enum class Pieces : uint8_t {
  kWhole,
  kHalves,  // sends the second half when the server has received the first
  kBytes,
};

// A server that runs. It must answer GET /ping with 200, and /api/v1/user/:id with the id.
struct Target {
  uint16_t port;
  unsigned workers;
  std::chrono::milliseconds patience = kPatience;  // for each answer
  // For servers of others. An answer may lack Date and Content-Type. Where a case expects an error, every status of an
  // error is right, and so is the end of the connection without an answer; an end need not be announced.
  bool lenient = false;
};

// Describes how the server deviates from the case; empty if it does not.
std::string judge(const Case& wanted, const Target& target, Pieces pieces);

struct Score {
  int passed = 0;
  int all = 0;
};

struct Scores {
  Score must;
  Score should;

  void count(Level level, bool passed) {
    Score& score = level == Level::kMust ? must : should;
    ++score.all;
    score.passed += passed ? 1 : 0;
  }
};

// "MUST 3 of 4, SHOULD 1 of 2", which bench/harness/correctness.py reads.
std::ostream& operator<<(std::ostream& out, const Scores& scores);

// The files with cases in a folder, sorted.
std::vector<std::filesystem::path> case_files(const std::filesystem::path& folder);

}  // namespace duel::e2e

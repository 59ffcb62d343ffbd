#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/client.h"

// A judge of HTTP/1.1 servers: the cases of tests/data/conformance, whose README.md tells how they are written, sent
// over real sockets.
namespace duel::e2e {

enum class Level : uint8_t { kMust, kShould };

struct Step {
  std::string send;
  bool shut_down = false;           // our side, behind these bytes
  std::vector<std::string> expect;  // words, in order
};

struct Case {
  std::string place;  // file:line
  Level level = Level::kMust;
  std::string section;  // of an RFC
  std::string title;
  std::vector<Step> steps;
};

using Texts = std::map<std::string, std::string>;

// The cases of one file, with `texts` for the names in braces. Throws what is wrong with which line.
std::vector<Case> read_cases(const std::filesystem::path& file, Texts texts);

enum class Pieces : uint8_t {
  kWhole,
  kHalves,  // the second when the server has taken in the first
  kBytes,
};

// What the server did otherwise than the case wants; empty if nothing. It answers /api/v1/user/:id with the id.
std::string judge(const Case& wanted, const ServerProcess& server, Pieces pieces);

}  // namespace duel::e2e

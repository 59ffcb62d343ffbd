#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
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

// Describes how the server deviates from the case; empty if it does not. The server must answer /api/v1/user/:id with
// the id.
std::string judge(const Case& wanted, const ServerProcess& server, Pieces pieces);

}  // namespace duel::e2e

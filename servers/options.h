#pragma once

#include <cstdint>
#include <string>

#include "http/server.h"
#include "servers/users.h"

namespace duel::servers {

enum class RouterStyle : uint8_t { kGin, kBeego };

// What the command line says. The defaults are those that --help shows.
struct Options {
  RouterStyle router = RouterStyle::kGin;
  http::ServerOptions server;
  bool pool = true;
  std::string static_dir = ".";
  std::string stats_file;  // empty: none
  bool count_allocations = false;
  DataOptions data;

  const char* router_name() const { return router == RouterStyle::kGin ? "gin" : "beego"; }
};

// Either options to run with, or the exit status of a program that has printed what there is to say (help, version, an
// error in one sentence).
struct ParsedOptions {
  Options options;
  bool run = false;
  int exit_status = 0;
};

ParsedOptions parse_options(int argc, char** argv);

}  // namespace duel::servers

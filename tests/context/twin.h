#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "http/server.h"

// Twins: the applications of tests/data/context/FORMAT.md, built on the public API of a router style.
// tests/context/check starts the program of a twin, sends it recorded requests, and compares.
namespace duel::context {

// One application; it has a server of its own.
struct Application {
  std::string name;
  http::HandlerFactory make_handler;
  http::ServerOptions options{};  // host, port and sizes are set by run_twin()
};

// The main() of a twin. `make` gets the folder of files that is served, the program's argument. Starts a server for
// each application on a free port of loopback, prints a line "NAME PORT" for each and then "ready", and serves until
// standard input ends. Returns the exit status.
int run_twin(int argc, char** argv, std::vector<Application> (*make)(const std::filesystem::path& files));

}  // namespace duel::context

#pragma once

#include <optional>
#include <string>
#include <thread>

#include "http/server.h"
#include "servers/admin/mux.h"
#include "servers/config/admin_options.h"

namespace duel::servers::admin {

// The admin port: a second server in the process, with one worker. It has its own thread, ring and connections, so that
// its requests do not delay those of the main server.
class Admin {
 public:
  // Listens, if the options ask for an admin port. If the default port is in use, takes a free port. Throws
  // http::StartError.
  explicit Admin(const config::AdminOptions& options);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  // Add all paths before start().
  Mux& mux() { return mux_; }

  // Starts a thread that serves until the destructor runs. Throws http::StartError if that fails.
  void start();

  // "http://127.0.0.1:6060/", or "off".
  std::string url() const;

 private:
  config::AdminOptions options_;
  Mux mux_;
  std::optional<http::Server> server_;
  std::jthread thread_;
};

// Adds GET /healthz, which answers 200, and GET /readyz, which answers 200 while `server` accepts requests, and 503
// before that and while it drains.
void add_health(Mux& mux, const http::Server& server);
// Adds GET /, the live page (live_page.html).
void add_page(Mux& mux);
// Adds GET /debug/pprof/, a list of all paths of `mux`.
void add_index(Mux& mux);

}  // namespace duel::servers::admin

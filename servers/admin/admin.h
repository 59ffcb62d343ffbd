#pragma once

#include <optional>
#include <string>
#include <thread>

#include "http/server.h"
#include "servers/admin/mux.h"
#include "servers/config/admin_options.h"

namespace duel::servers::admin {

// The admin port: a server of its own beside the one that it tells about, with one worker, its own thread, ring and
// connections, so that nothing asked of it stands in the way of a request.
class Admin {
 public:
  // Listens, if the options want that. Throws http::StartError; a default port that is in use becomes a free one.
  explicit Admin(const config::AdminOptions& options);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  // To be filled before start().
  Mux& mux() { return mux_; }

  // Serves on a thread of its own until the end. Throws http::StartError if it cannot.
  void start();

  // "http://127.0.0.1:6060/", or "off".
  std::string url() const;

 private:
  config::AdminOptions options_;
  Mux mux_;
  std::optional<http::Server> server_;
  std::jthread thread_;
};

// GET /healthz: the process answers. GET /readyz: `server` takes requests; 503 before, and while it drains.
void add_health(Mux& mux, const http::Server& server);
// GET /: the live page (admin_page.html).
void add_page(Mux& mux);
// GET /debug/pprof/: everything that `mux` has.
void add_index(Mux& mux);

}  // namespace duel::servers::admin

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
  AdminMux& mux() { return mux_; }

  // Serves on a thread of its own until the end. Throws http::StartError if it cannot.
  void start();

  // "http://127.0.0.1:6060/", or "off".
  std::string url() const;

 private:
  config::AdminOptions options_;
  AdminMux mux_;
  std::optional<http::Server> server_;
  std::jthread thread_;
};

// GET /healthz: the process answers. GET /readyz: `server` takes requests; 503 before, and while it drains.
void add_health(AdminMux& mux, const http::Server& server);
// GET /: the live page (admin_page.html).
void add_page(AdminMux& mux);
// GET /debug/pprof/: everything that `mux` has.
void add_index(AdminMux& mux);

}  // namespace duel::servers::admin

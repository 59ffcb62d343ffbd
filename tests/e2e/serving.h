#pragma once

#include <latch>
#include <thread>
#include <utility>

#include "http/server.h"

namespace duel::e2e {

// A server in the process of the test, on a free port of loopback or of options.host. It accepts connections from the
// end of the constructor to the beginning of the destructor.
class Serving {
 public:
  explicit Serving(http::HandlerFactory make_handler, http::ServerOptions options = {})
      : server_(on_loopback(std::move(options)), std::move(make_handler)) {
    std::latch ready(1);
    thread_ = std::jthread([&] { server_.run([&] { ready.count_down(); }); });
    ready.wait();
  }
  // Closes all connections. When it returns, the test may read data that handlers have written.
  ~Serving() {
    server_.stop_now();
    thread_.join();
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  http::Server& server() { return server_; }
  uint16_t port() const { return server_.port(); }

 private:
  static http::ServerOptions on_loopback(http::ServerOptions options) {
    if (options.host == http::ServerOptions().host) options.host = "127.0.0.1";
    options.port = 0;
    return options;
  }

  http::Server server_;
  std::jthread thread_;
};

}  // namespace duel::e2e

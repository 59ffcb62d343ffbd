#include "servers/admin/admin.h"

#include <exception>
#include <future>
#include <memory>
#include <utility>

#include "alloc/jemalloc_arena.h"
#include "http/address.h"
#include "servers/admin/live_page.h"
#include "servers/logs/log.h"

namespace duel::servers::admin {
namespace {

// Enough for a browser, a Prometheus scraper and some profiles at the same time.
constexpr uint32_t kMaxConnections = 64;
// The longest body is a list of addresses for /debug/pprof/symbol. There is room for 13,000 of them.
constexpr uint64_t kMaxBodyBytes = 256 * 1024;
// A small ring, because requests are rare, and because the kernel memory of a ring counts as resident.
constexpr http::RingSizes kRing{
    .submissions = 64, .completions = 256, .receive_buffers_at_start = 8, .receive_buffers = 64};

http::ServerOptions server_options(const config::AdminOptions& options) {
  http::ServerOptions server;
  server.host = options.host;
  server.port = options.any_port ? uint16_t{0} : options.port;
  if (options.port_is_default && http::port_in_use(options.host, options.port)) server.port = 0;
  server.max_body = kMaxBodyBytes;
  server.max_connections = kMaxConnections;
  server.ring = kRing;
  server.thread_name = "admin";
  server.shares_jemalloc_arena = true;
  return server;
}

// The server owns the handler of its one worker, but Admin owns the mux. So the handler only refers to it.
class MuxHandler : public http::Handler {
 public:
  explicit MuxHandler(http::Handler& handler) : handler_(handler) {}
  void handle(const http::Request& request, http::Response& response) override { handler_.handle(request, response); }
  bool answer_head(const http::Request& request, http::Response& response) override {
    return handler_.answer_head(request, response);
  }

 private:
  http::Handler& handler_;
};

}  // namespace

Admin::Admin(const config::AdminOptions& options) : options_(options) {
  if (!options.wanted()) return;
  const http::HandlerFactory make = [this] { return std::make_unique<MuxHandler>(mux_); };
  try {
    http::ServerOptions wanted = server_options(options);
    try {
      server_.emplace(wanted, make);
    } catch (const http::PortInUse&) {
      if (!options.port_is_default) throw;
      wanted.port = 0;  // another server has taken the port in the meantime
      server_.emplace(wanted, make);
    }
  } catch (const http::PortInUse&) {
    throw http::StartError("the admin port " + http::url_host(options.host) + ":" + std::to_string(options.port) +
                           " is in use: stop the other server, or choose another --admin-port (any takes a free "
                           "port, 0 switches the admin port off)");
  } catch (const http::StartError& error) {
    throw http::StartError(std::string("the admin port: ") + error.what() + " (--admin-port, --admin-host)");
  }
}

Admin::~Admin() {
  if (server_) server_->stop_now();
}

void Admin::start() {
  if (!server_) return;
  std::promise<void> ready;
  std::future<void> started = ready.get_future();
  thread_ = std::jthread([this, ready = std::move(ready)]() mutable {
    alloc::share_jemalloc_arena();
    bool is_ready = false;
    try {
      server_->run([&] {
        is_ready = true;
        ready.set_value();
      });
    } catch (...) {
      if (!is_ready) return ready.set_exception(std::current_exception());
      logs::log_failure("the admin port has failed and is closed: " + std::string(http::what_was_thrown()));
    }
  });
  started.get();
}

std::string Admin::url() const {
  if (!server_) return "off";
  return "http://" + http::url_host(options_.host) + ":" + std::to_string(server_->port()) + "/";
}

void add_health(Mux& mux, const http::Server& server) {
  mux.add(http::Method::kGet, "/healthz", "200 while the process answers",
          [](const http::Request&, http::Response& response) { answer_text(response, 200, "ok"); });
  mux.add(http::Method::kGet, "/readyz", "200 while the server accepts requests, 503 before that and while it drains",
          [&server](const http::Request&, http::Response& response) {
            const bool ready = server.accepting();
            answer_text(response, ready ? 200 : 503, ready ? "ready" : "not ready");
          });
}

void add_page(Mux& mux) {
  mux.add(http::Method::kGet, "/", "a page that plots the last five minutes",
          [](const http::Request&, http::Response& response) {
            response.set("Content-Security-Policy",
                         "default-src 'none'; connect-src 'self'; img-src data:; script-src 'unsafe-inline'; "
                         "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            answer_with(response, "text/html; charset=utf-8", kLivePage);
          });
}

void add_index(Mux& mux) {
  mux.add(http::Method::kGet, "/debug/pprof/", "this list", [&mux](const http::Request&, http::Response& response) {
    std::string list;
    for (const Mux::Entry& entry : mux.entries()) {
      std::string line = std::string(http::method_name(entry.method)) + " " + entry.path;
      constexpr size_t kColumn = 28;  // of the descriptions
      line.resize(std::max(line.size() + 1, kColumn), ' ');
      list += line + entry.what + "\n";
    }
    answer_with(response, "text/plain; charset=utf-8", list);
  });
}

}  // namespace duel::servers::admin

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <thread>

#include "bench/null/pong.h"
#include "http/address.h"
#include "servers/admin/admin.h"
#include "servers/admin/metrics_pages.h"
#include "servers/config/options.h"
#include "servers/config/start_sentence.h"
#include "servers/metrics/sampler.h"
#include "servers/metrics/stats_file.h"
#include "servers/signals.h"

// The null server gives every request the demo's answer to `GET /ping`, without a router, a context or an application.
// Its cost is the cost of the core, the kernel and the machine. The difference to a server with a router is the cost of
// the router style. It accepts all flags of the server, so that the harness can start both in the same way, and ignores
// the flags of routers and applications.
namespace duel::null {
namespace {

int run(const servers::config::Options& options) {
  const servers::Signals signals({SIGTERM, SIGINT, SIGUSR1});
  http::Server server(options.server, [] { return std::make_unique<Pong>(); });
  servers::metrics::Sampler sampler(server);
  const servers::metrics::ProgramInfo program{.router = options.router_name(),
                                              .threads = options.server.threads,
                                              .count_allocations = options.count_allocations};
  servers::metrics::StatsFile stats(options.stats_interval.count() > 0 ? "" : options.stats_file, program, sampler);
  servers::admin::Admin admin_server(options.admin);
  servers::admin::add_metrics(admin_server.mux(), sampler, program);
  admin_server.start();
  std::exception_ptr failure;
  std::jthread serving([&] {
    try {
      server.run([&] {
        std::printf("listening on http://%s:%u (null, admin=%s)\n", http::url_host(options.server.host).c_str(),
                    server.port(), admin_server.url().c_str());
        std::fflush(stdout);
      });
    } catch (...) {
      failure = std::current_exception();
      servers::Signals::raise(SIGTERM);
    }
  });
  auto next = std::chrono::steady_clock::now() + servers::metrics::Sampler::kInterval;
  for (std::optional<int> signal; !signal || *signal == SIGUSR1; signal = signals.wait_until(next)) {
    if (signal) {
      stats.write();
    } else if (std::chrono::steady_clock::now() >= next) {
      sampler.tick();
      next += servers::metrics::Sampler::kInterval;
    }
  }
  server.stop();
  serving.join();
  if (failure != nullptr) std::rethrow_exception(failure);
  return 0;
}

}  // namespace
}  // namespace duel::null

int main(int argc, char** argv) {
  try {
    const auto parsed = duel::servers::config::parse_options(argc, argv);
    return parsed.run ? duel::null::run(parsed.options) : parsed.exit_status;
  } catch (const duel::http::StartError& error) {
    std::fprintf(stderr, "null_server: %s\n", duel::servers::config::start_sentence(error).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "null_server: %s\n", error.what());
  }
  return 1;
}

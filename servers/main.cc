#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "alloc/counters.h"
#include "alloc/jemalloc_arena.h"
#include "alloc/phases.h"
#include "alloc/profile/heap_sampler.h"
#include "http/address.h"
#include "http/server.h"
#include "http/start_error.h"
#include "http/static_directory.h"
#include "servers/admin/admin.h"
#include "servers/admin/metrics_pages.h"
#include "servers/admin/profile_endpoints.h"
#include "servers/admin/route_report.h"
#include "servers/config/options.h"
#include "servers/config/start_sentence.h"
#include "servers/demo/demo.h"
#include "servers/demo/leak_items.h"
#include "servers/handler_wrappers.h"
#include "servers/leaks/leak_watch.h"
#include "servers/logs/access_log.h"
#include "servers/logs/log.h"
#include "servers/metrics/sampler.h"
#include "servers/metrics/stats_file.h"
#include "servers/metrics/stats_series.h"
#include "servers/signals.h"
#include "servers/start_pages.h"

namespace duel::servers {
namespace {

// Wakes the main thread when server.run() has returned. From another process the signal has no effect.
constexpr int kWakeUp = SIGUSR2;

void print_ready(const config::Options& options, const http::Server& server, const admin::Admin& admin_server) {
  std::printf(
      "listening on http://%s:%u (router=%s, threads=%u, pool=%s, max-connections=%u, allocator=%s, "
      "app=%s, runmode=%s, admin=%s)\n",
      http::url_host(options.server.host).c_str(), server.port(), options.router_name(), options.server.threads,
      options.pooled() ? "on" : "off", server.max_connections(), alloc::allocator_name(), options.app_name.c_str(),
      options.run_mode.c_str(), admin_server.url().c_str());
  std::fflush(stdout);
}

// The loop of the main thread while the server runs: it handles signals and drives the sampler.
struct MainLoop {
  const Signals& signals;
  http::Server& server;
  logs::AccessLog& log;
  metrics::Sampler& sampler;
  metrics::StatsFile& stats;
  metrics::StatsSeries& series;
  bool sampling;  // the admin port or the series needs a sample per interval

  // Returns when the server has ended. The first SIGTERM or SIGINT starts the drain, the second ends the server at
  // once.
  void run(const std::atomic<bool>& ended) const {
    bool stopping = false;
    auto next = std::chrono::steady_clock::now() + metrics::Sampler::kInterval;
    while (!ended.load()) {
      const std::optional<int> signal = sampling ? signals.wait_until(next) : signals.wait();
      if (!signal) {
        sampler.tick();
        series.write_due();
        next = std::max(next + metrics::Sampler::kInterval, std::chrono::steady_clock::now());
      } else if (*signal == SIGUSR1) {
        write();
      } else if (*signal != kWakeUp) {
        if (std::exchange(stopping, true)) return end_now(ended);
        server.stop();
        log.hurry();
      }
    }
  }

  // A thread may wait for something that never comes, such as a lock, a disk or the reader of a pipe. Then the process
  // exits without it.
  void end_now(const std::atomic<bool>& ended) const {
    constexpr std::chrono::seconds kGrace{2};  // workers need at most one second
    server.stop_now();
    log.give_up();
    const auto deadline = std::chrono::steady_clock::now() + kGrace;
    while (!ended.load()) {
      if (signals.wait_until(deadline)) continue;
      logs::log_failure("ended by a second signal while a thread was still waiting");
      std::_Exit(1);
    }
  }

  void write() const {
    stats.write();
    series.write();
  }
};

void warn(std::string_view line) {
  std::fprintf(stderr, "server: %.*s\n", static_cast<int>(line.size()), line.data());
}

int run(const config::Options& options) {
  if (options.profiles.heap_sample_bytes != 0) alloc::profile::restart_with_heap_sampler();
  std::signal(SIGPIPE, SIG_IGN);  // a write to a pipe without a reader must fail with EPIPE instead
  std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit of file sizes (ulimit -f) must fail with EFBIG instead
  const Signals signals({SIGTERM, SIGINT, SIGUSR1, kWakeUp});
  if (options.count_allocations && !alloc::count_calls(true)) {
    throw http::StartError(
        "--count-allocations needs the allocator jemalloc: use a build without sanitizers, and no LD_PRELOAD");
  }
  alloc::account_phases(options.account_phases);
  // First of all, so that heap profiles include the allocations of the objects below.
  admin::ProfileEndpoints pprof(options.profiles, options.router_name());
  const http::StaticDirectory files(options.static_dir);
  logs::AccessLog log(options.access_log);
  const std::shared_ptr<demo::Items> items = demo::make_items(options.leak);
  http::Server server(options.server, wrap_handler(demo::make_demo({files, options, items}), options.wrappers, log));
  const leaks::LeakWatch leaks(options.leak.detector ? options.leak.window : std::chrono::milliseconds(0), warn);
  metrics::Sampler sampler(server, &log);
  const metrics::ProgramInfo program{.router = options.router_name(),
                                     .threads = options.server.threads,
                                     .count_allocations = options.count_allocations};
  const bool as_series = options.stats_interval.count() > 0;
  metrics::StatsFile stats(as_series ? "" : options.stats_file, program, sampler);
  metrics::StatsSeries series(as_series ? options.stats_file : "", options.stats_interval, program, sampler);
  admin::Admin admin_server(options.admin);
  admin::add_page(admin_server.mux());
  admin::add_health(admin_server.mux(), server);
  admin::add_metrics(admin_server.mux(), sampler, program,
                     {[&leaks](metrics::PrometheusText& out) { admin::write_route_metrics(out, leaks); }});
  const auto read_kept = [items] {
    return items == nullptr ? admin::KeptCounts{} : admin::KeptCounts{items->kept(), items->background_tasks()};
  };
  admin::add_routes(admin_server.mux(), leaks, read_kept, options.count_allocations);
  pprof.add_to(admin_server.mux());
  admin::add_index(admin_server.mux());
  admin_server.start();
  alloc::give_freed_pages_back();  // those of the command line's parser, for example
  std::exception_ptr failure;
  std::atomic<bool> ended{false};
  std::jthread serving([&] {
    try {
      server.run([&] {
        print_ready(options, server, admin_server);
        give_start_pages_back();
      });
    } catch (...) {
      failure = std::current_exception();
    }
    ended.store(true);
    Signals::raise(kWakeUp);
  });
  const MainLoop main_loop{signals, server, log, sampler, stats, series, options.admin.wanted() || as_series};
  main_loop.run(ended);
  Signals::restore_default({SIGTERM, SIGINT});  // from here on, another signal may kill the process
  serving.join();
  log.finish();
  main_loop.write();
  if (failure != nullptr) std::rethrow_exception(failure);
  return 0;
}

// Opens /dev/null for each missing standard descriptor. Otherwise the first opened file would become, for example,
// standard output.
void open_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", O_RDWR);
  }
}

// The server maps tables for the maximum number of connections, and touches a part of them only. If Linux gives huge
// pages to every program (its setting "always"), each part that is touched costs 2 MiB.
void refuse_huge_pages() {
  ::prctl(PR_SET_THP_DISABLE, 1UL, 0UL, 0UL, 0UL);
}

constexpr const char* kNoMemory =
    "no memory is left: raise the limit of memory (ulimit -v, or --memory of a container), or use fewer threads "
    "(--threads) and connections (--max-connections)";

// The texts of these errors name neither cause nor cure. std::thread throws EAGAIN if no thread can be started, also if
// there is no memory for its stack.
std::string cause_and_cure(const std::system_error& error) {
  if (error.code() == std::errc::not_enough_memory) return kNoMemory;
  if (error.code() != std::errc::resource_unavailable_try_again) return error.what();
  return "no thread can be started: raise the limit of processes (ulimit -u, or --pids-limit of a container) or of "
         "memory (ulimit -v)";
}

}  // namespace
}  // namespace duel::servers

int main(int argc, char** argv) {
  duel::servers::open_standard_descriptors();
  duel::servers::refuse_huge_pages();
  try {
    const auto parsed = duel::servers::config::parse_options(argc, argv);
    return parsed.run ? duel::servers::run(parsed.options) : parsed.exit_status;
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "server: %s\n", duel::servers::cause_and_cure(error).c_str());
  } catch (const duel::http::StartError& error) {
    std::fprintf(stderr, "server: %s\n", duel::servers::config::start_sentence(error).c_str());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "server: %s\n", duel::servers::kNoMemory);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "server: %s\n", error.what());
  }
  return 1;
}

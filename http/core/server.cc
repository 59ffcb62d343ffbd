#include "http/server.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <latch>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "alloc/jemalloc_arena.h"
#include "http/core/listener.h"
#include "http/core/worker.h"

namespace duel::http {
namespace {

// Descriptors besides the connections. Per worker: a ring, a listener, an eventfd and the Acceptor's reserve. Others:
// files that are being sent, the standard streams, descriptors of the application.
constexpr rlim_t kDescriptorsPerWorker = 4;
constexpr rlim_t kOtherDescriptors = 256;

// Raises the soft limit of open files, if needed. Returns how many connections the limit allows, at most `wanted`.
uint32_t allow_connections(uint32_t wanted, unsigned threads) {
  const rlim_t others = kDescriptorsPerWorker * threads + kOtherDescriptors;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  if (limit.rlim_cur < wanted + others) {
    limit.rlim_cur = std::min<rlim_t>(wanted + others, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur <= others) return std::min<uint32_t>(wanted, static_cast<uint32_t>(limit.rlim_cur / 2));
  return static_cast<uint32_t>(std::min<rlim_t>(wanted, limit.rlim_cur - others));
}

void add(Counters& sum, const core::WorkerCounters& one) {
  // These classes are read before the requests. Otherwise an answer that is counted between the two reads could make
  // the number of 2xx negative.
  sum.responses_3xx += one.responses_3xx.value();
  sum.responses_4xx += one.responses_4xx.value();
  sum.responses_5xx += one.responses_5xx.value();
  sum.refused += one.refused.value();
  sum.requests += one.requests.value();
  sum.simple_heads += one.simple_heads.value();
  sum.connections += one.connections.value();
  sum.turned_away += one.turned_away.value();
  sum.bytes_received += one.bytes_received.value();
  sum.bytes_sent += one.bytes_sent.value();
  sum.ring_enters += one.ring_enters.value();
  sum.completions += one.completions.value();
  sum.busy_ns += one.busy_ns.value();
  sum.no_buffers += one.no_buffers.value();
  sum.allocations += one.allocations.value();
  sum.allocated_bytes += one.allocated_bytes.value();
  sum.latency += one.latency;
}

void name_thread(const char* what, unsigned worker) {
  char name[16];  // the kernel's maximum
  std::snprintf(name, sizeof name, "%.11s %u", what, worker);
  pthread_setname_np(pthread_self(), name);
}

}  // namespace

// Shared by threads and signal handlers.
struct Server::Shared {
  explicit Shared(uint32_t max_connections) : admission(max_connections) {}

  std::atomic<core::ServerState> state{core::ServerState::kServing};
  std::atomic<bool> up{false};
  core::Admission admission;
  std::vector<std::unique_ptr<core::Worker>> workers;

  // Async-signal-safe: uses only atomics and write(2).
  void raise(core::ServerState wanted) {
    core::ServerState now = state.load();
    while (now < wanted && !state.compare_exchange_weak(now, wanted)) {
    }
    for (const auto& worker : workers) {
      const uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = write(worker->wake_descriptor(), &one, sizeof one);
    }
  }
};

Server::Server(ServerOptions options, HandlerFactory make_handler)
    : options_(std::move(options)), make_handler_(std::move(make_handler)) {
  options_.max_body = std::min(options_.max_body, limits::kMaxBodyLimitBytes);
  options_.threads = std::max(1u, options_.threads);
  options_.max_connections = allow_connections(std::max(1u, options_.max_connections), options_.threads);
  shared_ = std::make_unique<Shared>(options_.max_connections);
  core::require_free_port(options_.host, options_.port);
  for (unsigned i = 0; i < options_.threads; ++i) {
    core::Listener listener(options_.host, i == 0 ? options_.port : port_, options_.threads > 1);
    port_ = listener.port();
    shared_->workers.push_back(
        std::make_unique<core::Worker>(options_, std::move(listener), shared_->admission, shared_->state));
  }
}

Server::~Server() = default;

void Server::run(const std::function<void()>& ready) {
  std::mutex mutex;
  std::exception_ptr failure;  // of the worker that failed first
  std::latch up(static_cast<std::ptrdiff_t>(shared_->workers.size()));
  std::vector<std::jthread> threads;
  try {
    for (const auto& worker : shared_->workers) {
      threads.emplace_back([&, &one = *worker, number = static_cast<unsigned>(threads.size())] {
        if (options_.shares_jemalloc_arena) alloc::share_jemalloc_arena();
        name_thread(options_.thread_name, number);
        bool counted = false;
        const auto count_down = [&] {
          if (!std::exchange(counted, true)) up.count_down();
        };
        try {
          one.run(make_handler_, count_down);
        } catch (...) {
          one.close_port();
          const std::lock_guard lock(mutex);
          if (failure == nullptr) failure = std::current_exception();
          shared_->raise(core::ServerState::kDraining);  // the other workers answer their received requests and end
        }
        count_down();
      });
    }
  } catch (const std::system_error&) {
    stop_now();  // ends the started workers, whose threads are joined during unwinding
    throw StartError(
        "no thread is left for a worker: raise the limit of processes (ulimit -u, a container's --pids-limit) or of "
        "memory (ulimit -v), or use fewer threads",
        StartOption::kThreads);
  }
  up.wait();
  shared_->up.store(true);
  if (ready && shared_->state.load() == core::ServerState::kServing) ready();
  threads.clear();  // joins them
  if (failure != nullptr) std::rethrow_exception(failure);
}

void Server::stop() noexcept {
  shared_->raise(core::ServerState::kDraining);
}

void Server::stop_now() noexcept {
  shared_->raise(core::ServerState::kStopping);
}

bool Server::accepting() const {
  return shared_->up.load() && shared_->state.load() == core::ServerState::kServing;
}

uint32_t Server::max_connections() const {
  return options_.max_connections;
}

uint32_t Server::open_connections() const {
  return shared_->admission.open();
}

size_t Server::worker_count() const {
  return shared_->workers.size();
}

Counters Server::counters() const {
  Counters sum;
  for (const auto& worker : shared_->workers) add(sum, worker->counters());
  return sum;
}

Counters Server::counters_of(size_t worker) const {
  Counters one;
  add(one, shared_->workers.at(worker)->counters());
  return one;
}

uint64_t Server::take_longest_turn_ns() {
  uint64_t longest = 0;
  for (const auto& worker : shared_->workers) {
    longest = std::max(longest, worker->counters().longest_turn_ns.take());
  }
  return longest;
}

bool port_in_use(const std::string& host, uint16_t port) {
  return core::port_in_use(host, port);
}

}  // namespace duel::http

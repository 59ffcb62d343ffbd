#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/handler.h"
#include "http/histogram.h"
#include "http/limits.h"
#include "http/on_exception.h"
#include "http/ring_sizes.h"
#include "http/start_error.h"

namespace duel::http {

struct ServerOptions {
  std::string host = "0.0.0.0";  // numeric address, IPv4 or IPv6
  uint16_t port = 8080;          // 0: any free one, see Server::port()
  unsigned threads = 1;          // workers: each a thread, a ring and a listener
  uint64_t max_body = limits::kMaxBodyBytes;
  uint32_t max_connections = 16384;                  // all workers together
  bool disable_keep_alive = false;                   // true: every answer is the last of its connection
  std::chrono::milliseconds header_timeout{10'000};  // first byte to end of head: then 408
  std::chrono::milliseconds body_timeout{30'000};    // end of head to end of body: then 408
  std::chrono::milliseconds idle_timeout{60'000};    // between requests, and before the first: then closed
  std::chrono::milliseconds write_timeout{30'000};   // an answer that makes no progress: then reset
  std::chrono::milliseconds drain_timeout{10'000};   // SIGTERM to exit
  OnException on_exception = log_exception;          // empty: none of anybody's business
  RingSizes ring{};
  bool shares_jemalloc_arena = false;  // for workers that allocate seldom (alloc/jemalloc_arena.h)
  const char* thread_name = "worker";  // of each worker, a number behind it; at most 11 characters
};

// What one worker has counted, or all together; exact. Each worker counts alone and is read through relaxed loads.
struct Counters {
  uint64_t requests = 0;       // that were understood, and went to the handler
  uint64_t refused = 0;        // what was none: answered by the core with 4xx or 5xx
  uint64_t connections = 0;    // accepted
  uint64_t turned_away = 0;    // accepted to be told 503: too many connections
  uint64_t responses_3xx = 0;  // these three by the core and by handlers
  uint64_t responses_4xx = 0;
  uint64_t responses_5xx = 0;
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  uint64_t ring_enters = 0;      // io_uring_enter(2) calls: turns of the loop, and a few more
  uint64_t completions = 0;      // that came out of the ring
  uint64_t busy_ns = 0;          // in turns of the loop, outside of the kernel's io_uring_enter(2)
  uint64_t no_buffers = 0;       // receives that found the buffer ring empty
  uint64_t allocations = 0;      // calls while requests were served; 0 unless alloc::count_calls() is on
  uint64_t allocated_bytes = 0;  // while requests were served; exact
  // Of requests: from the turn of the loop that took in their last bytes, when it began, to its end, when the answer
  // goes to the kernel. What another thread answers later counts without that wait.
  HistogramReading latency;

  uint64_t responses() const { return requests + refused; }
  // What the others leave. Of counters that were reset while a request was being answered it may be one too few.
  uint64_t responses_2xx() const {
    const uint64_t others = responses_3xx + responses_4xx + responses_5xx;
    return responses() > others ? responses() - others : 0;
  }
};

// Whether somebody listens there at this moment.
bool port_in_use(const std::string& host, uint16_t port);

// The HTTP server: options.threads workers, nothing shared between them on the request path.
class Server {
 public:
  // Binds and listens; throws StartError (busy port, bad address, no io_uring, ...).
  Server(ServerOptions options, HandlerFactory make_handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves until stop(); returns when every worker has ended. `ready` is called on the calling thread as soon as every
  // worker accepts. Throws StartError if a worker has no thread or no ring, std::system_error if a ring breaks.
  void run(const std::function<void()>& ready = {});

  // Both may be called from any thread and from a signal handler.
  void stop() noexcept;      // stop accepting, finish what is in flight, at most drain_timeout
  void stop_now() noexcept;  // close everything at once

  uint16_t port() const { return port_; }
  // Whether every worker accepts and nobody has asked to stop. Any thread.
  bool accepting() const;
  uint32_t max_connections() const;  // what was asked for, or less if the limit of open files forbids
  uint32_t open_connections() const;
  size_t worker_count() const;
  Counters counters() const;  // summed over the workers
  Counters counters_of(size_t worker) const;
  // The longest turn of any worker's loop since the last call: so long did everybody wait. For one thread.
  uint64_t take_longest_turn_ns();

 private:
  struct Shared;

  ServerOptions options_;
  HandlerFactory make_handler_;
  uint16_t port_ = 0;
  std::unique_ptr<Shared> shared_;
};

}  // namespace duel::http

// For programs that run an HTTP server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "http/handler.h"
#include "http/head_scan.h"
#include "http/histogram.h"
#include "http/limits.h"
#include "http/on_exception.h"
#include "http/ring_sizes.h"
#include "http/start_error.h"

namespace duel::http {

struct ServerOptions {
  std::string host = "0.0.0.0";                      // numeric IPv4 or IPv6 address
  uint16_t port = 8080;                              // 0: any free port, see Server::port()
  unsigned threads = 1;                              // workers: each has a thread, a ring and a listener
  uint64_t max_body = limits::kMaxBodyBytes;         // bytes of one request's body; a larger body gets 413
  uint32_t max_connections = 16384;                  // of all workers together; further clients get 503
  bool disable_keep_alive = false;                   // if true, every connection ends after one answer
  std::chrono::milliseconds header_timeout{10'000};  // from the first byte to the end of the head; longer: 408
  std::chrono::milliseconds body_timeout{30'000};    // from the end of the head to the end of the body; longer: 408
  std::chrono::milliseconds idle_timeout{60'000};    // before and between requests; longer: closed
  std::chrono::milliseconds write_timeout{30'000};   // in which a client must read a part of its answer; else: reset
  uint32_t min_write_rate = limits::kMinWriteRate;   // bytes per second of that part; 0: one byte is enough
  std::chrono::milliseconds drain_timeout{10'000};   // from stop() to the end of run(); then connections are closed
  OnException on_exception = log_exception;          // if empty, exceptions are not reported
  RingSizes ring{};
  HeadScan head_scan = HeadScan::kVector;  // who reads the heads of usual requests
  // If true, all workers use one arena of jemalloc (alloc/jemalloc_arena.h). For servers that allocate little.
  bool shares_jemalloc_arena = false;
  const char* thread_name = "worker";  // a number is appended; at most 11 characters
};

// Counters of one worker, or the sums over all workers, since the start. The counts are exact: each worker counts its
// own events, and other threads read them with relaxed loads.
struct Counters {
  uint64_t requests = 0;       // valid requests: answered by a handler
  uint64_t simple_heads = 0;   // of these: read without llhttp, because head and body are simple (core/simple_head.h)
  uint64_t refused = 0;        // invalid requests: answered by the core with 4xx or 5xx
  uint64_t connections = 0;    // accepted
  uint64_t turned_away = 0;    // accepted only to answer 503: too many connections
  uint64_t responses_3xx = 0;  // these three count responses of the core and of handlers
  uint64_t responses_4xx = 0;
  uint64_t responses_5xx = 0;
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  uint64_t ring_enters = 0;      // io_uring_enter(2) calls: one per iteration of the event loop, and a few more
  uint64_t completions = 0;      // of the ring
  uint64_t busy_ns = 0;          // in the event loop, without the time in io_uring_enter(2)
  uint64_t no_buffers = 0;       // receives that found the buffer ring empty
  uint64_t allocations = 0;      // allocation calls while requests were served; 0 unless alloc::count_calls() is on
  uint64_t allocated_bytes = 0;  // while requests were served; exact
  // The latency of requests: the duration of the event-loop iteration that received the last bytes of the request. At
  // its end, the answers go to the kernel. For a deferred answer, the time until it is ready does not count.
  HistogramReading latency;

  uint64_t responses() const { return requests + refused; }
  // The responses of all other classes. The number can be one too low if the counters were reset while a request was
  // being answered.
  uint64_t responses_2xx() const {
    const uint64_t others = responses_3xx + responses_4xx + responses_5xx;
    return responses() > others ? responses() - others : 0;
  }
};

// Whether a socket listens on that port at this moment.
bool port_in_use(const std::string& host, uint16_t port);

// An HTTP/1.1 server: options.threads workers, which share no data on the request path.
class Server {
 public:
  // Binds and listens. Throws StartError, for example if the port is in use or the address is invalid.
  Server(ServerOptions options, HandlerFactory make_handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves until stop(); returns when every worker has ended. Calls `ready` on the calling thread when all workers
  // accept connections. Throws StartError if a worker gets no thread or no ring, and std::system_error if a ring fails
  // later.
  void run(const std::function<void()>& ready = {});

  // Both may be called from any thread and from a signal handler.
  void stop() noexcept;      // accepts no new clients, answers the received requests, ends within drain_timeout
  void stop_now() noexcept;  // resets all connections

  uint16_t port() const { return port_; }
  // Whether all workers accept connections and neither stop() nor stop_now() was called. Any thread.
  bool accepting() const;
  uint32_t max_connections() const;  // of the options, or less if the limit of open files is too low
  uint32_t open_connections() const;
  size_t worker_count() const;
  Counters counters() const;  // summed over the workers
  Counters counters_of(size_t worker) const;
  // The longest event-loop iteration of any worker since the last call, in nanoseconds. Every connection of that worker
  // waited at least that long. For one thread.
  uint64_t take_longest_turn_ns();

 private:
  struct Shared;

  ServerOptions options_;
  HandlerFactory make_handler_;
  uint16_t port_ = 0;
  std::unique_ptr<Shared> shared_;
};

}  // namespace duel::http

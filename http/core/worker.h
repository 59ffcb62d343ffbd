#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "http/core/acceptor.h"
#include "http/core/admission.h"
#include "http/core/listener.h"
#include "http/core/worker_context.h"
#include "http/core/worker_counters.h"
#include "http/deferred_answer.h"
#include "http/handler.h"
#include "http/server.h"

namespace duel::http::core {

// The state that the server's workers follow. It only increases.
enum class ServerState : int { kServing, kDraining, kStopping };

// The part of the server that one thread runs: a listener, a ring, and the connections that it accepted.
class Worker {
 public:
  // Reads `state` after every write to wake_descriptor(). The references must outlive the worker.
  Worker(const ServerOptions& options, Listener listener, Admission& admission, const std::atomic<ServerState>& state);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Serves on the calling thread until the state changes and every connection has ended. Calls `accepting` when it
  // accepts connections. Throws StartError if the ring cannot be set up, and std::system_error if the ring fails later.
  void run(const HandlerFactory& make_handler, const std::function<void()>& accepting);

  // For a worker whose run() has thrown: the kernel then refuses clients instead of queueing them.
  void close_port() { acceptor_.close(); }

  // An eventfd; a write to it wakes the worker. May be written to from a signal handler.
  int wake_descriptor() const { return wake_; }
  const WorkerCounters& counters() const { return counters_; }
  WorkerCounters& counters() { return counters_; }
  uint16_t port() const { return acceptor_.port(); }

 private:
  void start();
  void end();
  void turn();
  void on_completion(const Completion& completion);
  void on_receive(const Completion& completion);
  template <typename Step>
  void step(Tag tag, Step take);
  void on_wake();
  void send_finished_answers();
  void count_turn(int64_t began_ns, uint64_t requests_before, const alloc::Reading& before);
  void follow_state();
  void drain();
  void stop();
  void expire();
  void arm_timer();
  bool finished() const;

  const ServerOptions& options_;
  Admission& admission_;
  const std::atomic<ServerState>& state_;
  int wake_ = -1;
  Acceptor acceptor_;
  WorkerCounters counters_;
  std::shared_ptr<FinishedAnswers> finished_answers_;
  std::vector<FinishedAnswer> finished_;  // taken from finished_answers_, not sent yet
  WorkerContext* context_ = nullptr;      // while run() runs
  ServerState seen_ = ServerState::kServing;
  int64_t timer_ms_ = -1;     // when the timer fires; -1: not armed
  int64_t farewell_ms_ = -1;  // while draining: until then, clients that connect or send a request are served
  int64_t end_ms_ = -1;       // the deadline of draining or stopping: then open connections are closed
};

}  // namespace duel::http::core

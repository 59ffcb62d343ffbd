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

// What a server asks of its workers; only ever rises.
enum class ServerState : int { kServing, kDraining, kStopping };

// One thread's part of the server: a listener, a ring and the connections that it accepted.
class Worker {
 public:
  // `state` is read after every write to wake_descriptor(). All references are kept.
  Worker(const ServerOptions& options, Listener listener, Admission& admission, const std::atomic<ServerState>& state);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Serves on the calling thread until the state says otherwise and every connection has ended. `accepting` is called
  // when it begins to. Throws StartError if the ring cannot be set up, std::system_error if it breaks.
  void run(const HandlerFactory& make_handler, const std::function<void()>& accepting);

  // After a run() that threw: whoever connects is refused, instead of waiting for nobody.
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
  std::vector<FinishedAnswer> finished_;  // taken from there, and not sent yet
  WorkerContext* context_ = nullptr;      // while run() runs
  ServerState seen_ = ServerState::kServing;
  int64_t timer_ms_ = -1;     // when the timer fires; -1: it is not armed
  int64_t farewell_ms_ = -1;  // while draining: until then who connects or asks is served
  int64_t end_ms_ = -1;       // when draining or stopping ends, whatever is still open
};

}  // namespace duel::http::core

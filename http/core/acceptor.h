#pragma once

#include <cstdint>

#include "http/core/listener.h"
#include "http/core/ring.h"

namespace duel::http::core {

struct WorkerContext;

// Accepts the clients of one worker, and refuses clients beyond ServerOptions::max_connections. For the worker's
// thread.
//
// While the server has room, a multishot accept is armed. A full server takes only as many clients from the kernel's
// queue as it can refuse: it polls, accepts one at a time, and pauses after limits::kRefusalsAtOnce refusals. If no
// descriptor is left, it does the same with a descriptor that it keeps in reserve.
class Acceptor {
 public:
  // `spare` is any descriptor of the worker that stays open longer than this object: the reserve is a duplicate of it.
  Acceptor(Listener listener, int spare);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void start(WorkerContext& worker);
  void on_accept(WorkerContext& worker, const Completion& completion);
  void on_client(WorkerContext& worker);  // the poll has completed
  void on_turn(WorkerContext& worker);    // call at the end of each loop iteration; ends a pause that is over

  // Still accepts clients that have connected or whose handshake is under way, but no others.
  void refuse_new_handshakes() const { listener_.refuse_new_handshakes(); }
  // Accepts the clients that have connected, and closes the port.
  void stop(WorkerContext& worker);

  // Closes the port; clients that have connected and are not accepted are reset.
  void close() { listener_.close(); }

  bool listening() const { return listener_.descriptor() >= 0; }
  bool armed() const { return armed_ != Armed::kNothing; }
  int64_t resume_ms() const { return resume_ms_; }
  uint16_t port() const { return listener_.port(); }

 private:
  enum class Armed : uint8_t {
    kNothing,
    kAccept,        // a multishot accept
    kEndingAccept,  // a multishot accept that is being cancelled: it may still deliver clients
    kPoll,          // a poll, which completes when a client waits
  };

  void accept(WorkerContext& worker);
  void poll(WorkerContext& worker);
  void accept_one_by_one(WorkerContext& worker);
  void let_in(WorkerContext& worker, int socket);
  void refuse(WorkerContext& worker, int socket);
  void pace_refusals(WorkerContext& worker);
  void shed(WorkerContext& worker);
  void keep_reserve();
  bool pausing() const { return resume_ms_ >= 0; }

  Listener listener_;
  int spare_;
  int reserve_ = -1;  // a duplicate of spare_, closed when no descriptor is left, so that a client can be refused
  Armed armed_ = Armed::kNothing;
  unsigned refused_ = 0;  // clients refused since refusing_since_ms_
  int64_t refusing_since_ms_ = 0;
  int64_t resume_ms_ = -1;  // when the pause ends; -1: there is no pause
};

}  // namespace duel::http::core

#pragma once

#include <cstdint>

#include "http/core/listener.h"
#include "http/core/ring.h"

namespace duel::http::core {

struct WorkerContext;

// Lets a worker's clients in, and turns those away that are too many. Its worker calls it, on its own thread.
//
// While there are places left a multishot accept is armed. A full server takes no more off the kernel's queue than it
// can turn away: it polls, accepts one by one, and pauses after a few (limits::kRefusalsAtOnce). Without a descriptor
// left it does the same, with one that was kept in reserve.
class Acceptor {
 public:
  // `spare` is a descriptor that stays open as long as this: what is kept in reserve is a second one of it.
  Acceptor(Listener listener, int spare);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void start(WorkerContext& worker);
  void on_accept(WorkerContext& worker, const Completion& completion);
  void on_client(WorkerContext& worker);  // the poll has ended
  void on_turn(WorkerContext& worker);    // once a turn: a pause may be over

  // Who has connected, or is about to, is still let in; nobody else.
  void admit_nobody_new() const { listener_.admit_nobody_new(); }
  // Lets those in that have connected, and closes the port.
  void stop(WorkerContext& worker);

  // The same in haste: those that have connected are reset.
  void close() { listener_.close(); }

  bool listening() const { return listener_.descriptor() >= 0; }
  bool armed() const { return armed_ != Armed::kNothing; }
  int64_t resume_ms() const { return resume_ms_; }
  uint16_t port() const { return listener_.port(); }

 private:
  enum class Armed : uint8_t {
    kNothing,
    kAccept,        // multishot: whoever comes
    kEndingAccept,  // the same, being cancelled: those that have come are still brought
    kPoll,          // somebody who is to be accepted when we see fit
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
  int reserve_ = -1;  // a second one of spare_, to give up when none is left, so that a client can be told
  Armed armed_ = Armed::kNothing;
  unsigned refused_ = 0;           // clients turned away ...
  int64_t refusing_since_ms_ = 0;  // ... since then
  int64_t resume_ms_ = -1;         // when a pause ends; -1: there is none
};

}  // namespace duel::http::core

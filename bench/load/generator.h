// For the worker and for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "bench/load/output_queue.h"
#include "bench/load/ready_set.h"
#include "bench/load/request_mix.h"
#include "bench/load/response_parser.h"
#include "bench/load/results.h"
#include "bench/load/schedule.h"
#include "bench/load/transport.h"

namespace duel::load {

// What one generator has to do.
struct Plan {
  std::vector<Step> steps = {};  // all open (rate > 0) or all closed (rate 0)
  Share share = {};
  uint32_t connections = 1;
  uint32_t pipeline = 1;                 // requests in flight per connection
  uint64_t requests_per_connection = 0;  // 0: no limit. 1: short connections
  int64_t timeout_ns = 0;                // for an answer; also for the rest of the run after its last step

  bool open_loop() const { return steps.front().rate_milli > 0; }
};

// Decides which request is sent when and on which connection, and keeps the account. It has no clock and no sockets:
// the caller passes the time, in nanoseconds since the start of the schedule, and a Transport. Not thread-safe.
class Generator {
 public:
  // The plan, the mix and the transport must outlive the generator.
  Generator(const Plan& plan, const RequestMix& mix, Transport& transport);

  // Opens the connections before the schedule starts. With short connections there is nothing to open.
  void open();
  bool opening() const { return opening_ > 0; }
  int open_error() const { return open_error_; }  // the errno of a connection that could not be opened then; 0: none

  // Events of the transport. `now_ns`: when the event was noticed. `error`: an errno, or 0.
  void connected(uint32_t connection, int error);
  void sent(uint32_t connection, int error);
  void received(uint32_t connection, std::string_view bytes, int64_t now_ns);
  void ended(uint32_t connection, int error, int64_t now_ns);  // no more bytes come; error 0: the server has closed
  void closed(uint32_t connection);

  // Sends what is due. The caller calls it after each batch of events, and no later than next_ns().
  void send_due(int64_t now_ns);
  // The next time at which send_due() has work without an event before.
  int64_t next_ns() const;
  // The next intended time; INT64_MAX if there is none.
  int64_t next_intended_ns() const { return cursor_noticed_.done() ? INT64_MAX : cursor_noticed_.due().intended_ns; }
  bool finished() const { return finished_; }

  // One per step. Complete when finished().
  const std::vector<Results>& results() const { return results_; }
  uint64_t answered() const { return answered_; }
  uint64_t failed() const { return failed_; }

 private:
  // kEnding: the server has announced that it closes the connection. The generator waits until it does so, because the
  // side that closes first cannot use its port for a minute (TIME-WAIT, RFC 9293 §3.6.1). kResting: the connection
  // could not be opened, and the next attempt waits for the next check.
  enum class State : uint8_t { kClosed, kConnecting, kOpen, kEnding, kClosing, kResting };
  struct InFlight {
    int64_t intended_ns = 0;
    int64_t sent_ns = 0;
    uint32_t step = 0;
    bool answer_has_no_body = false;
  };
  struct Connection {
    State state = State::kClosed;
    bool in_ready_set = false;
    bool sending = false;  // a send is on its way, or one has failed and the end of the connection will be reported
    bool ends = false;     // it was in the state kEnding at the last check
    bool rests = false;    // it could not be opened; after closed() its state is kResting
    uint32_t in_flight = 0;
    uint32_t first = 0;          // the oldest request in flight; they form a ring in `flights_`
    uint64_t requests_left = 0;  // that it may still take; only with requests_per_connection
    OutputQueue output;
    ResponseParser parser;
  };

  void notice_due(int64_t now_ns);
  void assign_due(int64_t now_ns);
  void refill(int64_t now_ns);
  void connect(uint32_t connection);
  void assign(uint32_t connection, const Due& due, int64_t now_ns);
  void write_request(Connection& connection, const PreparedRequest& request, uint64_t number) const;
  void flush(uint32_t connection);
  void take_answer(uint32_t connection, int64_t now_ns);
  void fail_in_flight(uint32_t connection, Failure failure);
  void drop(uint32_t connection, Failure failure);
  void close(uint32_t connection);
  void set_ready(uint32_t connection);
  void set_busy(uint32_t connection);
  void check_timeouts(int64_t now_ns);
  void check_end(int64_t now_ns);
  void fail(uint32_t step, Failure failure);
  InFlight& flight(uint32_t connection, uint32_t position) {
    return flights_[size_t{connection} * plan_.pipeline + (connections_[connection].first + position) % plan_.pipeline];
  }
  void give_up();
  // No request may follow on this connection.
  bool is_spent(const Connection& connection) const {
    return plan_.requests_per_connection > 0 && connection.requests_left == 0;
  }
  bool may_take(const Connection& connection) const {
    return connection.in_flight < plan_.pipeline && (connection.state == State::kClosed || !is_spent(connection));
  }

  const Plan& plan_;
  const RequestMix& mix_;
  Transport& transport_;
  std::vector<Connection> connections_;
  std::vector<InFlight> flights_;  // `pipeline` per connection
  ReadySet ready_;
  std::vector<uint32_t> to_flush_;    // connections with new output
  std::vector<int64_t> step_end_ns_;  // the last one is the end of the schedule
  // The request that becomes due next, and the next one to be sent. The requests between them wait for a connection.
  ScheduleCursor cursor_noticed_;
  ScheduleCursor cursor_unsent_;
  Due closed_next_;  // of the closed loop
  std::vector<Results> results_;
  uint32_t opening_ = 0;
  int open_error_ = 0;
  uint64_t in_flight_ = 0;
  int64_t next_check_ns_ = 0;
  bool finished_ = false;
  uint64_t answered_ = 0;
  uint64_t failed_ = 0;
};

}  // namespace duel::load

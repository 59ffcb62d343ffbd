#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/http/core/fault/choices.h"

namespace duel::http::testing {

struct Expected {
  int status = 200;
  std::string body;
};

// The plan of one client, and the answers that it expects.
struct Script {
  std::string bytes;               // all requests
  std::vector<size_t> ends;        // the end of each request in `bytes`
  std::vector<Expected> expected;  // one per request; fewer if the connection ends earlier
  bool shuts_down = false;         // shuts down its sending side after the last byte
  bool resets = false;             // resets the connection at a random point
  bool stalls = false;             // stops sending at a random point, and in half of the cases reading too
  uint32_t reads_one_in = 1;       // on average, it reads in one of `reads_one_in` steps
};

// A client on one end of a socket pair. It sends and reads at random times.
class Client {
 public:
  explicit Client(Script script);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) = delete;

  bool waits_to_connect() const { return state_ == State::kNew; }
  // Creates the socket pair and returns the server's end.
  int connect();
  void refuse() { state_ = State::kDone; }  // the server has ended

  // Sends or receives some bytes, or decides at random to do nothing. If `must` is set, it does nothing only if neither
  // is possible. Returns whether it made such a step.
  bool step(Choices& choices, bool must);
  bool done() const { return state_ == State::kDone; }
  int server_end() const { return server_end_; }
  void disturb() { disturbed_ = true; }
  const std::string& received() const { return received_; }

  // Describes the error in the received bytes; empty if they are correct. Set `drained` if the server was stopped
  // during the run.
  std::string verdict(bool drained) const;

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };

  bool server_has_ended();
  bool send_some(Choices& choices);
  bool receive_some(Choices& choices);
  bool leave_if_closed();
  void close();

  Script script_;
  State state_ = State::kNew;
  int socket_ = -1;
  int server_end_ = -1;
  uint64_t open_in_turn_ = UINT64_MAX;  // Kernel::server_turns() when the server had not ended
  size_t sent_ = 0;
  bool shut_ = false;
  bool stalled_ = false;
  bool deaf_ = false;       // stalled, and does not read either
  bool disturbed_ = false;  // by a fault, a reset or a stall: the received bytes must be correct, but may end anywhere
  std::string received_;
};

}  // namespace duel::http::testing

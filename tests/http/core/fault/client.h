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

// What one client is going to do, and how its answers have to look.
struct Script {
  std::string bytes;               // of all its requests
  std::vector<size_t> ends;        // of each request, in `bytes`
  std::vector<Expected> expected;  // one for each request; shorter if the connection ends before
  bool shuts_down = false;         // its sending side, when everything is sent
  bool resets = false;             // somewhere in the middle
  bool stalls = false;             // somewhere in the middle, for good
  uint32_t reads_one_in = 1;       // how seldom it reads
};

// A client on one end of a socket pair: sends when it likes, reads when it likes.
class Client {
 public:
  explicit Client(Script script) : script_(std::move(script)) {}
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) = delete;

  bool waits_to_connect() const { return state_ == State::kNew; }
  // Returns the server's end.
  int connect();
  void refuse() { state_ = State::kDone; }  // the server is gone

  // Does one thing if it likes, or, if it `must`, if it can; whether it did.
  bool step(Choices& choices, bool must);
  bool done() const { return state_ == State::kDone; }
  int server_end() const { return server_end_; }
  void disturb() { disturbed_ = true; }
  const std::string& received() const { return received_; }

  // What is wrong with what it received, or nothing. `drained`: the server was stopped on the way.
  std::string verdict(bool drained) const;

 private:
  enum class State : uint8_t { kNew, kOpen, kDone };

  bool send_some(Choices& choices);
  bool receive_some(Choices& choices);
  void close();

  Script script_;
  State state_ = State::kNew;
  int socket_ = -1;
  int server_end_ = -1;
  size_t sent_ = 0;
  bool shut_ = false;
  bool stalled_ = false;
  bool disturbed_ = false;  // by a fault, or by its own reset: what came has to be right, but may end anywhere
  std::string received_;
};

}  // namespace duel::http::testing

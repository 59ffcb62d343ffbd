#pragma once

#include <cerrno>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/generator.h"

namespace duel::load::testing {

inline constexpr int64_t kUs = 1'000;
inline constexpr int64_t kMs = 1'000'000;
inline constexpr int64_t kSecond = 1'000'000'000;

// What the simulated server does with a request.
struct Reaction {
  int64_t ready_ns = 0;  // when the answer is complete
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong";
  bool closes = false;  // the server closes the connection behind the answer
  int reset = 0;        // an errno: the connection fails instead of an answer
};

// A server, a kernel and a clock in one: events happen at exact times, and computing takes no time. So the latencies of
// a run can be computed beforehand.
class SimulatedServer : public Transport {
 public:
  // `number`: counts the requests in the order of their arrival.
  using React = std::function<Reaction(int64_t now_ns, uint64_t number)>;

  explicit SimulatedServer(React react) : react_(std::move(react)) {}

  // Runs the generator to its end. It sleeps through [stall_begin_ns, stall_end_ns), as if it had no CPU.
  void run(Generator& generator, int64_t stall_begin_ns = 0, int64_t stall_end_ns = 0) {
    generator.open();
    now_ns_ = -kSecond;
    while (generator.opening()) deliver(generator);
    now_ns_ = 0;
    while (!generator.finished()) {
      generator.send_due(now_ns_);
      const int64_t next_event_ns = events_.empty() ? INT64_MAX : events_.begin()->first;
      now_ns_ = std::max(now_ns_, std::min(generator.next_ns(), next_event_ns));
      if (now_ns_ >= stall_begin_ns && now_ns_ < stall_end_ns) now_ns_ = stall_end_ns;
      while (!events_.empty() && events_.begin()->first <= now_ns_) deliver(generator);
    }
  }

  void connect(uint32_t connection) override {
    ++connects;
    connections_.resize(std::max<size_t>(connections_.size(), connection + 1));
    const int error = refuses ? refuses(now_ns_) : 0;
    at(now_ns_, [=](Generator& generator, int64_t) { generator.connected(connection, error); });
  }

  void send(uint32_t connection, std::string_view bytes) override {
    at(now_ns_, [=](Generator& generator, int64_t) { generator.sent(connection, 0); });
    std::string& text = connections_[connection].text;
    text += bytes;
    for (size_t end = text.find("\r\n\r\n"); end != std::string::npos; end = text.find("\r\n\r\n")) {
      requests.push_back(text.substr(0, end + 4));
      text.erase(0, end + 4);
      answer(connection, react_(now_ns_, requests.size() - 1));
    }
  }

  void close(uint32_t connection) override {
    const uint64_t generation = ++connections_[connection].generation;  // drops answers on their way
    connections_[connection].text.clear();
    connections_[connection].free_ns = 0;
    at(now_ns_, [=, this](Generator& generator, int64_t) {
      if (connections_[connection].generation == generation) generator.closed(connection);
    });
  }

  std::function<int(int64_t now_ns)> refuses;  // the errno of a connect
  uint64_t connects = 0;
  uint64_t closed_first = 0;          // connections that the server closed before the generator did
  std::vector<std::string> requests;  // whole heads

 private:
  using Event = std::function<void(Generator&, int64_t now_ns)>;
  struct Connection {
    std::string text;
    int64_t free_ns = 0;  // when the last answer is complete
    uint64_t generation = 0;
  };

  void at(int64_t time_ns, Event event) { events_.emplace(time_ns, std::move(event)); }

  void deliver(Generator& generator) {
    const Event event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    event(generator, now_ns_);
  }

  void answer(uint32_t connection, const Reaction& reaction) {
    Connection& it = connections_[connection];
    it.free_ns = std::max(it.free_ns, reaction.ready_ns);
    at(it.free_ns, [=, this, generation = it.generation](Generator& generator, int64_t now) {
      if (connections_[connection].generation != generation) return;
      if (reaction.reset != 0) {
        generator.ended(connection, reaction.reset, now);
        return;
      }
      generator.received(connection, reaction.answer, now);
      if (!reaction.closes || connections_[connection].generation != generation) return;
      ++closed_first;
      generator.ended(connection, 0, now);
    });
  }

  React react_;
  int64_t now_ns_ = 0;
  std::multimap<int64_t, Event> events_;  // equal times in the order of insertion
  std::vector<Connection> connections_;
};

// A plan with one step.
inline Plan plan_of(int64_t rate, int64_t duration_ns, uint32_t connections) {
  return {.steps = {{.rate_milli = rate * 1000, .duration_ns = duration_ns}},
          .connections = connections,
          .timeout_ns = 5 * kSecond};
}

}  // namespace duel::load::testing

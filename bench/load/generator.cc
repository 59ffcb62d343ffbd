#include "bench/load/generator.h"

#include <algorithm>
#include <utility>

namespace duel::load {
namespace {

// How often the time limit of requests is checked. A check looks at every connection; more checks would delay requests.
constexpr int64_t kCheckIntervalNs = 100'000'000;
// A larger body is sent from where it lies. Copying a smaller one costs less than a send of its own.
constexpr size_t kMaxCopiedBytes = 4096;

}  // namespace

Generator::Generator(const Plan& plan, const RequestMix& mix, Transport& transport)
    : plan_(plan),
      mix_(mix),
      transport_(transport),
      connections_(plan.connections),
      flights_(size_t{plan.connections} * plan.pipeline),
      ready_(plan.connections, plan.pipeline),
      cursor_noticed_(plan.open_loop() ? plan.steps : std::vector<Step>(), plan.share),
      cursor_unsent_(cursor_noticed_),
      closed_next_{.number = plan.share.index},
      results_(plan.steps.size()) {
  int64_t end = 0;
  for (const Step& step : plan.steps) step_end_ns_.push_back(end += step.duration_ns);
  for (uint32_t i = 0; i < plan.connections; ++i) set_ready(i);
}

void Generator::open() {
  if (plan_.requests_per_connection == 1) return;
  for (uint32_t i = 0; i < plan_.connections; ++i) {
    set_busy(i);
    connect(i);
  }
  opening_ = plan_.connections;
}

void Generator::connected(uint32_t connection, int error) {
  Connection& it = connections_[connection];
  if (it.state != State::kConnecting) return;
  if (opening_ > 0) {
    --opening_;
    if (error != 0) open_error_ = error;
  }
  if (error != 0) {
    it.rests = true;
    drop(connection, Failure::kConnect);
    return;
  }
  it.state = State::kOpen;
  set_ready(connection);
  flush(connection);
}

void Generator::sent(uint32_t connection, int error) {
  Connection& it = connections_[connection];
  // The server may have answered before it closed. So a send that failed decides nothing.
  if (it.state != State::kOpen || error != 0) return;
  it.sending = false;
  flush(connection);
}

void Generator::received(uint32_t connection, std::string_view bytes, int64_t now_ns) {
  Connection& it = connections_[connection];
  if (it.state == State::kOpen && it.in_flight > 0) results_[flight(connection, 0).step].bytes += bytes.size();
  while (it.state == State::kOpen && !bytes.empty()) {
    if (it.in_flight == 0) {  // such as a 408 before an idle connection is closed; no request has failed
      close(connection);
      return;
    }
    switch (it.parser.feed(bytes, flight(connection, 0).answer_has_no_body)) {
      case ResponseParser::Result::kAnswer:
        take_answer(connection, now_ns);
        break;
      case ResponseParser::Result::kMalformed:
        drop(connection, Failure::kMalformed);
        break;
      case ResponseParser::Result::kIncomplete:
        break;
    }
  }
}

void Generator::ended(uint32_t connection, int error, int64_t now_ns) {
  Connection& it = connections_[connection];
  if (it.state != State::kOpen && it.state != State::kEnding) return;
  if (error == 0 && it.in_flight > 0 && it.parser.end() == ResponseParser::Result::kAnswer) {
    take_answer(connection, now_ns);
  }
  drop(connection, error == 0 ? Failure::kClosed : Failure::kReset);
}

void Generator::take_answer(uint32_t connection, int64_t now_ns) {
  Connection& it = connections_[connection];
  const InFlight& request = flight(connection, 0);
  Results& results = results_[request.step];
  ++results.answered;
  ++results.statuses[static_cast<size_t>(it.parser.status())];
  results.from_actual.record(now_ns - request.sent_ns);
  if (plan_.open_loop()) results.from_intended.record(now_ns - request.intended_ns);
  ++answered_;
  it.first = (it.first + 1) % plan_.pipeline;
  --it.in_flight;
  --in_flight_;
  set_busy(connection);
  if (it.parser.closes()) {
    fail_in_flight(connection, Failure::kClosed);  // the server ignores the requests that follow
    it.state = State::kEnding;
  } else if (is_spent(it) && it.in_flight == 0) {
    close(connection);
  } else {
    set_ready(connection);
  }
}

void Generator::fail_in_flight(uint32_t connection, Failure failure) {
  Connection& it = connections_[connection];
  for (uint32_t i = 0; i < it.in_flight; ++i) fail(flight(connection, i).step, failure);
  in_flight_ -= std::exchange(it.in_flight, 0);
}

void Generator::drop(uint32_t connection, Failure failure) {
  fail_in_flight(connection, failure);
  close(connection);
}

void Generator::fail(uint32_t step, Failure failure) {
  ++results_[step].failures[static_cast<size_t>(failure)];
  ++failed_;
}

void Generator::close(uint32_t connection) {
  set_busy(connection);
  connections_[connection].state = State::kClosing;
  transport_.close(connection);
}

void Generator::closed(uint32_t connection) {
  Connection& it = connections_[connection];
  it.output.clear();
  it.parser.reset();
  it.sending = false;
  it.ends = false;
  it.first = 0;
  it.state = std::exchange(it.rests, false) ? State::kResting : State::kClosed;
  if (it.state == State::kClosed) set_ready(connection);
}

void Generator::set_ready(uint32_t connection) {
  Connection& it = connections_[connection];
  if (it.in_ready_set || !may_take(it)) return;
  it.in_ready_set = true;
  ready_.add(connection, it.in_flight);
}

void Generator::set_busy(uint32_t connection) {
  if (std::exchange(connections_[connection].in_ready_set, false)) ready_.remove(connection);
}

void Generator::send_due(int64_t now_ns) {
  if (now_ns < 0 || finished_) return;
  if (now_ns >= next_check_ns_) check_timeouts(now_ns);
  if (plan_.open_loop()) {
    notice_due(now_ns);
    assign_due(now_ns);
  } else {
    refill(now_ns);
  }
  for (const uint32_t connection : to_flush_) flush(connection);
  to_flush_.clear();
  check_end(now_ns);
}

// The lateness of a request ends here: it is now sent, or every connection is busy, which is not the generator's fault.
void Generator::notice_due(int64_t now_ns) {
  for (; !cursor_noticed_.done() && cursor_noticed_.due().intended_ns <= now_ns; cursor_noticed_.advance()) {
    Results& results = results_[cursor_noticed_.due().step];
    ++results.requests;
    results.lateness.record(now_ns - cursor_noticed_.due().intended_ns);
  }
}

void Generator::assign_due(int64_t now_ns) {
  for (; !cursor_unsent_.done() && cursor_unsent_.due().intended_ns <= now_ns; cursor_unsent_.advance()) {
    const uint32_t connection = ready_.first();
    if (connection == ReadySet::kNone) return;
    assign(connection, cursor_unsent_.due(), now_ns);
  }
}

// The closed loop: every connection gets as many requests as it may have in flight.
void Generator::refill(int64_t now_ns) {
  while (closed_next_.step + 1 < plan_.steps.size() && now_ns >= step_end_ns_[closed_next_.step]) ++closed_next_.step;
  if (now_ns >= step_end_ns_.back()) return;
  closed_next_.intended_ns = now_ns;
  for (uint32_t connection = ready_.first(); connection != ReadySet::kNone; connection = ready_.first()) {
    ++results_[closed_next_.step].requests;
    assign(connection, closed_next_, now_ns);
    closed_next_.number += plan_.share.count;
  }
}

void Generator::connect(uint32_t connection) {
  Connection& it = connections_[connection];
  it.state = State::kConnecting;
  it.requests_left = plan_.requests_per_connection;
  transport_.connect(connection);
}

void Generator::assign(uint32_t connection, const Due& due, int64_t now_ns) {
  Connection& it = connections_[connection];
  const PreparedRequest& request = mix_.kind_of(due.number);
  if (now_ns < step_end_ns_[due.step]) ++results_[due.step].sent_in_time;
  set_busy(connection);
  flight(connection, it.in_flight) = {.intended_ns = due.intended_ns,
                                      .sent_ns = now_ns,
                                      .step = due.step,
                                      .answer_has_no_body = request.answer_has_no_body};
  ++it.in_flight;
  ++in_flight_;
  if (to_flush_.empty() || to_flush_.back() != connection) to_flush_.push_back(connection);
  if (it.state == State::kClosed) connect(connection);
  if (plan_.requests_per_connection > 0) --it.requests_left;
  write_request(it, request, due.number);
  set_ready(connection);
}

void Generator::write_request(Connection& connection, const PreparedRequest& request, uint64_t number) const {
  const std::string_view head = is_spent(connection) ? request.closing_head : request.head;
  if (request.trace_at == 0) {
    connection.output.append(head);
  } else {
    const auto digits = RequestMix::trace_digits(number);
    connection.output.append(head.substr(0, request.trace_at));
    connection.output.append({digits.data(), digits.size()});
    connection.output.append(head.substr(request.trace_at + digits.size()));
  }
  if (request.body.size() > kMaxCopiedBytes) {
    connection.output.append_shared(request.body);
  } else {
    connection.output.append(request.body);
  }
}

void Generator::flush(uint32_t connection) {
  Connection& it = connections_[connection];
  if (it.state != State::kOpen || it.sending) return;
  const std::string_view bytes = it.output.take();
  if (bytes.empty()) return;
  it.sending = true;
  transport_.send(connection, bytes);
}

void Generator::check_timeouts(int64_t now_ns) {
  next_check_ns_ = now_ns + kCheckIntervalNs;
  for (uint32_t i = 0; i < plan_.connections; ++i) {
    Connection& it = connections_[i];
    if (it.state == State::kResting) {
      it.state = State::kClosed;
      set_ready(i);
    } else if (it.state == State::kEnding) {
      if (std::exchange(it.ends, true)) close(i);
    } else if (it.in_flight > 0 && now_ns - flight(i, 0).sent_ns >= plan_.timeout_ns) {
      drop(i, Failure::kTimeout);
    }
  }
}

int64_t Generator::next_ns() const {
  return std::min(next_check_ns_, next_intended_ns());
}

void Generator::check_end(int64_t now_ns) {
  const int64_t end_ns = step_end_ns_.back();
  if (now_ns < end_ns) return;
  if (now_ns >= end_ns + plan_.timeout_ns) give_up();
  finished_ = in_flight_ == 0 && cursor_unsent_.done();
}

void Generator::give_up() {
  for (uint32_t i = 0; i < plan_.connections; ++i) {
    if (connections_[i].in_flight > 0) drop(i, Failure::kTimeout);
  }
  for (; !cursor_unsent_.done(); cursor_unsent_.advance()) fail(cursor_unsent_.due().step, Failure::kUnsent);
}

}  // namespace duel::load

#include "http/worker.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "alloc/counters.h"
#include "alloc/phases.h"
#include "http/connection.h"

namespace duel::http {
namespace {

constexpr std::string_view kOverloaded =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 39\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n503 Service Unavailable: out of slots.\n";

constexpr Tag kAcceptTag{Operation::kAccept, 0, 0};
constexpr Tag kClientTag{Operation::kClient, 0, 0};

constexpr int64_t kStopMs = 1'000;  // for the completions of aborted connections to come in

constexpr int64_t kNsPerMs = 1'000'000;

int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 * kNsPerMs + now.tv_nsec;
}

bool is_no_descriptor(int result) {
  return result == -EMFILE || result == -ENFILE;
}

// A client too many is told so, as far as its socket takes it without waiting.
void turn_away(int socket) {
  send(socket, kOverloaded.data(), kOverloaded.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  shutdown(socket, SHUT_WR);
  // Closing with unread bytes resets the connection, and a reset may overtake the answer.
  char unread[4096];
  while (recv(socket, unread, sizeof unread, MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

Worker::Worker(const ServerOptions& options, Listener listener, Admission& admission, const std::atomic<Phase>& phase)
    : options_(options),
      listener_(std::move(listener)),
      admission_(admission),
      phase_(phase),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      late_answers_(std::make_shared<LateAnswers>(wake_)) {
  if (wake_ < 0) throw StartError("no descriptor left for a worker: raise the limit of open files (ulimit -n)");
  reserve_descriptor();
}

Worker::~Worker() {
  late_answers_->close();
  ::close(wake_);
  if (reserve_ >= 0) ::close(reserve_);
}

void Worker::run(const HandlerFactory& make_handler, const std::function<void()>& accepting) {
  // Not on the stack: 14 KiB there would be copied with every sample of a profile.
  const auto context = std::make_unique<WorkerContext>(options_, make_handler, admission_, counters_, late_answers_);
  context_ = context.get();
  try {
    start();
    accepting();
    while (!finished()) turn();
  } catch (...) {
    end();
    throw;
  }
  end();
}

// Clients of a ring that broke see their connections end, as those that outlived the drain.
void Worker::end() {
  context_->ring.close();
  context_->connections.for_each([this](Connection& connection) { connection.dismiss(*context_); });
  context_ = nullptr;
}

void Worker::start() {
  context_->now_ms = monotonic_ns() / kNsPerMs;
  context_->ring.await_readable(wake_, {Operation::kWake, 0, 0});
  accept();
  follow_phase();  // the server may have been stopped before this worker came up
}

void Worker::turn() {
  alloc::enter(alloc::Phase::kLoop);
  arm_timer();
  context_->ring.submit_and_wait();
  const int64_t began_ns = monotonic_ns();
  context_->now_ms = began_ns / kNsPerMs;
  context_->date.update();
  const alloc::Reading before = alloc::read();
  const uint64_t requests_before = counters_.requests.value();
  const unsigned completions =
      context_->ring.for_each_completion([this](const Completion& completion) { on_completion(completion); });
  if (!late_.empty()) answer_late();
  expire();
  resume_accepting();
  follow_phase();
  counters_.completions.add(completions);
  count_turn(began_ns, requests_before, before);
}

// The answers of a turn go to the kernel together, when it ends: until then each of its requests has waited for all of
// it, and so has everybody else. So two looks at the clock a turn tell the time of every request.
void Worker::count_turn(int64_t began_ns, uint64_t requests_before, const alloc::Reading& before) {
  const alloc::Reading after = alloc::read();
  counters_.allocations.add(after.calls - before.calls);
  counters_.allocated_bytes.add(after.bytes - before.bytes);
  counters_.ring_enters.set(context_->ring.enters());
  const auto took_ns = static_cast<uint64_t>(monotonic_ns() - began_ns);
  counters_.busy_ns.add(took_ns);
  counters_.longest_turn_ns.note(took_ns);
  const uint64_t requests = counters_.requests.value() - requests_before;
  if (requests > 0) counters_.latency.add(took_ns, requests);
}

void Worker::on_completion(const Completion& completion) {
  switch (completion.tag.operation) {
    case Operation::kReceive:
      return on_receive(completion);
    case Operation::kSend:
      return step(completion.tag, [&](Connection& one) { one.on_sent(*context_, completion.result); });
    case Operation::kReadFile:
      return step(completion.tag, [&](Connection& one) { one.on_file_read(*context_, completion.result); });
    case Operation::kAccept:
      return on_accept(completion);
    case Operation::kClient:
      accepting_ = Accepting::kNobody;
      if (listening() && resume_ms_ < 0) accept_one_by_one();
      return;
    case Operation::kTimer:
      timer_ms_ = -1;
      return;
    case Operation::kWake:
      return on_wake();
    case Operation::kCancel:
      return;  // what was cancelled completes by itself
  }
}

// Memory that cannot be had costs the connection that needs it, no other.
template <typename Step>
void Worker::step(Tag tag, Step take) {
  Connection* const connection = context_->connections.find(tag);
  if (connection == nullptr) return;
  try {
    take(*connection);
  } catch (const std::bad_alloc&) {
    connection->on_no_memory(*context_);
  }
}

void Worker::on_receive(const Completion& completion) {
  if (completion.result > 0) {
    char* const bytes = context_->ring.buffer(completion.buffer);
    const auto size = static_cast<size_t>(completion.result);
    step(completion.tag, [&](Connection& one) { one.on_received(*context_, {bytes, size}); });
  }
  if (completion.buffer >= 0) context_->ring.give_buffer(completion.buffer);
  if (completion.more) return;
  step(completion.tag, [&](Connection& one) { one.on_receive_ended(*context_, completion.result); });
}

void Worker::on_accept(const Completion& completion) {
  const bool no_descriptor = is_no_descriptor(completion.result);
  if (completion.result >= 0) adopt(completion.result);
  if (no_descriptor) shed();
  if (completion.more) return;
  accepting_ = Accepting::kNobody;
  if (!listening() || resume_ms_ >= 0) return;
  // The kernel takes a descriptor before it looks for a client: without one, an accept would fail again at once, and so
  // on. It is armed again when a client is there.
  if (no_descriptor) return await_client();
  accept();
}

// A full server takes no more off the kernel's queue than it can turn away.
void Worker::accept() {
  admission_.full() ? await_client() : accept_all();
}

void Worker::accept_all() {
  context_->ring.accept(listener_.descriptor(), kAcceptTag);
  accepting_ = Accepting::kAll;
}

void Worker::await_client() {
  context_->ring.await_readable(listener_.descriptor(), kClientTag);
  accepting_ = Accepting::kAwaited;
}

// Until as many have been turned away as may be at once.
void Worker::accept_one_by_one() {
  for (unsigned i = 0; i < limits::kRefusalsAtOnce && resume_ms_ < 0; ++i) {
    const int socket = listener_.accept_waiting();
    if (is_no_descriptor(socket)) {
      shed();
    } else if (socket >= 0) {
      adopt(socket);
    } else {
      break;
    }
  }
  if (resume_ms_ < 0) accept();
}

void Worker::adopt(int socket) {
  reserve_descriptor();
  if (!admission_.enter()) return refuse(socket);
  Connection* const connection = context_->connections.take(socket);
  connection->on_accepted(*context_);
}

void Worker::refuse(int socket) {
  counters_.turned_away.add(1);
  turn_away(socket);
  // In one step: between a close and an open another thread could take the descriptor.
  if (reserve_ < 0 && dup3(wake_, socket, O_CLOEXEC) == socket) {
    reserve_ = socket;
  } else {
    ::close(socket);
  }
  if (accepting_ == Accepting::kAll) {
    context_->ring.cancel(kAcceptTag);
    accepting_ = Accepting::kEnding;
  }
  if (context_->now_ms >= refusing_since_ms_ + limits::kRefusalPauseMs) {
    refusing_since_ms_ = context_->now_ms;
    refused_ = 0;
  }
  if (++refused_ < limits::kRefusalsAtOnce || resume_ms_ >= 0) return;
  resume_ms_ = context_->now_ms + limits::kRefusalPauseMs;
}

void Worker::resume_accepting() {
  if (resume_ms_ < 0 || context_->now_ms < resume_ms_) return;
  resume_ms_ = -1;
  if (listening() && accepting_ == Accepting::kNobody) accept_one_by_one();  // else when the cancelled accept has ended
}

// No descriptor is left: the one in reserve takes a client off the queue, instead of leaving it there to time out. If
// another thread was faster, the client waits until there is one again.
void Worker::shed() {
  if (!listener_.somebody_waits()) return;
  if (reserve_ >= 0) ::close(std::exchange(reserve_, -1));
  const int socket = listener_.accept_waiting();
  if (socket >= 0) return refuse(socket);
  reserve_descriptor();
  if (is_no_descriptor(socket)) resume_ms_ = context_->now_ms + limits::kRefusalPauseMs;
}

void Worker::reserve_descriptor() {
  if (reserve_ < 0) reserve_ = fcntl(wake_, F_DUPFD_CLOEXEC, 0);
}

void Worker::on_wake() {
  uint64_t count = 0;
  if (read(wake_, &count, sizeof count) > 0) context_->ring.await_readable(wake_, {Operation::kWake, 0, 0});
  late_answers_->take_all(late_);
}

// Those whose connection is still sending the answer before wait for that; its completion brings the next turn.
void Worker::answer_late() {
  std::erase_if(late_, [this](const LateAnswer& late) {
    bool taken = true;
    step({Operation::kSend, late.request.generation, late.request.slot},
         [&](Connection& one) { taken = one.on_late_answer(*context_, late); });
    return taken;
  });
}

// At the end of a turn: what has been received by then is being answered.
void Worker::follow_phase() {
  const Phase phase = phase_.load(std::memory_order_acquire);
  if (phase >= Phase::kDraining && seen_ < Phase::kDraining) drain();
  if (phase >= Phase::kStopping && seen_ < Phase::kStopping) stop();
  if (seen_ != Phase::kDraining || context_->now_ms < farewell_ms_) return;
  if (listening()) stop_listening();
  // Not while a request may be among the completions: it was in time.
  if (!context_->ring.has_completions()) {
    context_->connections.for_each([this](Connection& connection) { connection.on_drain(*context_); });
  }
}

// Who has connected, or is about to, is served: one answer more for everybody. Nobody new gets in.
void Worker::drain() {
  seen_ = Phase::kDraining;
  end_ms_ = context_->now_ms + options_.drain_timeout.count();
  farewell_ms_ = std::min(context_->now_ms + limits::kFarewellMs, end_ms_);
  context_->draining = true;
  listener_.admit_nobody_new();
}

void Worker::stop_listening() {
  if (accepting_ != Accepting::kNobody) {  // one of the two is armed
    context_->ring.cancel(kAcceptTag);
    context_->ring.cancel(kClientTag);
  }
  for (int socket = listener_.accept_waiting(); socket >= 0; socket = listener_.accept_waiting()) adopt(socket);
  listener_.close();
}

void Worker::stop() {
  seen_ = Phase::kStopping;
  end_ms_ = context_->now_ms + kStopMs;
  if (listening()) stop_listening();
  context_->connections.for_each([this](Connection& connection) { connection.abort(*context_); });
}

void Worker::expire() {
  Timeout kind = Timeout::kNone;
  for (int64_t slot = 0; (slot = context_->deadlines.take_expired(context_->now_ms, kind)) >= 0;) {
    Connection& connection = context_->connections.at(static_cast<uint32_t>(slot));
    step(connection.tag(Operation::kTimer), [&](Connection& one) { one.on_timeout(*context_, kind); });
  }
}

// One timer for everything: armed for the earliest deadline, and left alone when that deadline moves away. It is looked
// at again when it fires, so that traffic costs no timers.
void Worker::arm_timer() {
  int64_t earliest = context_->deadlines.next_ms();
  const int64_t end_ms = seen_ == Phase::kDraining && listening() ? farewell_ms_ : end_ms_;
  for (const int64_t at_ms : {end_ms, resume_ms_}) {
    if (at_ms >= 0 && (earliest < 0 || at_ms < earliest)) earliest = at_ms;
  }
  if (earliest < 0 || (timer_ms_ >= 0 && timer_ms_ <= earliest)) return;
  const Tag tag{Operation::kTimer, 0, 0};
  if (timer_ms_ < 0) {
    context_->ring.wake_at(earliest, tag);
  } else {
    context_->ring.move_wake(earliest, tag);
  }
  timer_ms_ = earliest;
}

bool Worker::finished() const {
  if (seen_ == Phase::kServing) return false;
  // An accept that is still armed would keep the port busy for a moment after we are gone.
  const bool quiet = context_->connections.active() == 0 && accepting_ == Accepting::kNobody;
  return quiet || context_->now_ms >= end_ms_;
}

}  // namespace duel::http

#include "http/core/worker.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <new>
#include <utility>

#include "alloc/counters.h"
#include "alloc/phases.h"
#include "http/core/connection.h"

namespace duel::http::core {
namespace {

constexpr int64_t kStopMs = 1'000;  // maximum wait for the completions of aborted connections

constexpr int64_t kNsPerMs = 1'000'000;

int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 * kNsPerMs + now.tv_nsec;
}

}  // namespace

Worker::Worker(const ServerOptions& options, Listener listener, Admission& admission,
               const std::atomic<ServerState>& state)
    : options_(options),
      admission_(admission),
      state_(state),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      acceptor_(std::move(listener), wake_),
      finished_answers_(std::make_shared<FinishedAnswers>(wake_)) {
  if (wake_ < 0) throw StartError("no descriptor is left for a worker: raise the limit of open files (ulimit -n)");
}

Worker::~Worker() {
  finished_answers_->close();
  ::close(wake_);
}

void Worker::run(const HandlerFactory& make_handler, const std::function<void()>& accepting) {
  // On the heap, because a profiler copies the stack with every sample, and the context has 14 KiB.
  const auto context =
      std::make_unique<WorkerContext>(options_, make_handler, admission_, counters_, finished_answers_);
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

// Ends the connections that are still open, because the ring has failed or the drain took too long.
void Worker::end() {
  context_->ring.close();
  context_->connections.for_each([this](Connection& connection) { connection.dismiss(*context_); });
  context_ = nullptr;
}

void Worker::start() {
  context_->now_ms = monotonic_ns() / kNsPerMs;
  context_->ring.await_readable(wake_, {Operation::kWake, 0, 0});
  acceptor_.start(*context_);
  follow_state();  // the server may have been stopped before this worker came up
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
  if (!finished_.empty()) send_finished_answers();
  expire();
  acceptor_.on_turn(*context_);
  follow_state();
  counters_.completions.add(completions);
  count_turn(began_ns, requests_before, before);
}

// All responses of one loop iteration go to the kernel together at its end. So the latency of each request is the time
// of the whole iteration. Reading the clock twice per iteration therefore gives the latency of every request.
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
      return acceptor_.on_accept(*context_, completion);
    case Operation::kClient:
      return acceptor_.on_client(*context_);
    case Operation::kTimer:
      timer_ms_ = -1;
      return;
    case Operation::kWake:
      return on_wake();
    case Operation::kCancel:
      return;  // the cancelled operation has a completion of its own
  }
}

// A lack of memory ends only the connection that needs the memory.
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
    alloc::enter(alloc::Phase::kLoop);
  }
  if (completion.buffer >= 0) context_->ring.give_buffer(completion.buffer);
  if (completion.more) return;
  step(completion.tag, [&](Connection& one) { one.on_receive_ended(*context_, completion.result); });
}

void Worker::on_wake() {
  uint64_t count = 0;
  if (read(wake_, &count, sizeof count) > 0) context_->ring.await_readable(wake_, {Operation::kWake, 0, 0});
  finished_answers_->take_all(finished_);
}

// An answer stays in the queue if its connection is still sending the answer before it; the completion of that send
// starts the next iteration.
void Worker::send_finished_answers() {
  std::erase_if(finished_, [this](const FinishedAnswer& finished) {
    bool taken = true;
    step({Operation::kSend, finished.request.generation, finished.request.slot},
         [&](Connection& one) { taken = one.on_finished_answer(*context_, finished); });
    return taken;
  });
}

// Called at the end of a loop iteration, when all received requests are being answered.
void Worker::follow_state() {
  const ServerState state = state_.load(std::memory_order_acquire);
  if (state >= ServerState::kDraining && seen_ < ServerState::kDraining) drain();
  if (state >= ServerState::kStopping && seen_ < ServerState::kStopping) stop();
  if (seen_ != ServerState::kDraining || context_->now_ms < farewell_ms_) return;
  if (acceptor_.listening()) acceptor_.stop(*context_);
  // Not while a completion may contain a request, which has arrived in time.
  if (!context_->ring.has_completions()) {
    context_->connections.for_each([this](Connection& connection) { connection.on_drain(*context_); });
  }
}

// Clients that have connected, or whose handshake is under way, still get one answer. New handshakes are refused.
void Worker::drain() {
  seen_ = ServerState::kDraining;
  end_ms_ = context_->now_ms + options_.drain_timeout.count();
  farewell_ms_ = std::min(context_->now_ms + limits::kFarewellMs, end_ms_);
  context_->draining = true;
  acceptor_.refuse_new_handshakes();
}

void Worker::stop() {
  seen_ = ServerState::kStopping;
  end_ms_ = context_->now_ms + kStopMs;
  if (acceptor_.listening()) acceptor_.stop(*context_);
  context_->connections.for_each([this](Connection& connection) { connection.abort(*context_); });
}

void Worker::expire() {
  Timeout kind = Timeout::kNone;
  for (int64_t slot = 0; (slot = context_->deadlines.take_expired(context_->now_ms, kind)) >= 0;) {
    step(context_->connections.at(static_cast<uint32_t>(slot)).tag(Operation::kTimer),
         [&](Connection& one) { one.on_timeout(*context_, kind); });
  }
}

// One timer serves all deadlines. It is armed for the earliest one and not changed when that deadline moves to a later
// time: when the timer fires, it is armed again. So requests cause no timer operations.
void Worker::arm_timer() {
  int64_t earliest = context_->deadlines.next_ms();
  const int64_t end_ms = seen_ == ServerState::kDraining && acceptor_.listening() ? farewell_ms_ : end_ms_;
  for (const int64_t at_ms : {end_ms, acceptor_.resume_ms()}) {
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
  if (seen_ == ServerState::kServing) return false;
  // An armed accept would keep the port in use for a moment after the worker has ended.
  const bool quiet = context_->connections.active() == 0 && !acceptor_.armed();
  return quiet || context_->now_ms >= end_ms_;
}

}  // namespace duel::http::core

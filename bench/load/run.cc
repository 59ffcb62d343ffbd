#include "bench/load/run.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "bench/load/start_failure.h"

namespace duel::load {
namespace {

// Between the last opened connection and the start of the schedule, so that every thread has reached its loop.
constexpr int64_t kStartDelayNs = 10'000'000;
constexpr int kProgressMs = 200;

int64_t unix_ns() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// The threads of a run and what they tell the main thread.
class Run {
 public:
  Run(const Options& options, const Address& address)
      : options_(options), mix_(options.kinds, options.url.authority, options.trace_prefix) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // from here on no signal may cut off a report
    signals_ = signalfd(-1, &signals, SFD_CLOEXEC);
    news_ = eventfd(0, EFD_CLOEXEC);
    for (uint32_t i = 0; i < options.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(options, mix_, address, i, stop_));
    }
  }
  ~Run() {
    stop();
    ::close(signals_);
    ::close(news_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Outcome outcome(bool shows_progress);

 private:
  void work(Worker& worker);
  void tell(std::atomic<uint32_t>& counter) const;
  bool wait_for(const std::atomic<uint32_t>& counter, int progress_ms);
  void start_schedule();
  void show_progress() const;
  void stop();
  Outcome collect() const;

  const Options& options_;
  RequestMix mix_;
  int signals_ = -1;
  int news_ = -1;  // an eventfd: a counter has changed
  std::atomic<bool> stop_ = false;
  std::atomic<uint32_t> opened_ = 0;  // workers whose connections are open, or that have failed
  std::atomic<uint32_t> ended_ = 0;
  std::promise<int64_t> start_promise_;
  std::shared_future<int64_t> start_ = start_promise_.get_future().share();
  bool started_ = false;
  int64_t start_ns_ = 0;
  int64_t start_unix_ns_ = 0;
  std::mutex failure_mutex_;
  std::exception_ptr failure_;  // of the first worker that failed
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;
};

void Run::work(Worker& worker) {
  bool told = false;
  try {
    worker.run([&] {
      told = true;
      tell(opened_);
      return start_.get();
    });
  } catch (...) {
    const std::lock_guard lock(failure_mutex_);
    if (failure_ == nullptr) failure_ = std::current_exception();
    stop_ = true;
  }
  if (!told) tell(opened_);
  tell(ended_);
}

void Run::tell(std::atomic<uint32_t>& counter) const {
  ++counter;
  eventfd_write(news_, 1);
}

// Returns false if a signal has arrived or a worker has failed.
bool Run::wait_for(const std::atomic<uint32_t>& counter, int progress_ms) {
  while (counter < options_.threads) {
    std::array<pollfd, 2> watched = {{{signals_, POLLIN, 0}, {news_, POLLIN, 0}}};
    poll(watched.data(), watched.size(), progress_ms);
    if ((watched[0].revents & POLLIN) != 0) return false;
    eventfd_t value = 0;
    if ((watched[1].revents & POLLIN) != 0) eventfd_read(news_, &value);
    if (progress_ms > 0) show_progress();
  }
  return !stop_;
}

void Run::start_schedule() {
  start_unix_ns_ = std::max(unix_ns() + kStartDelayNs, options_.start_at_unix_ns);
  start_ns_ = monotonic_ns() + (start_unix_ns_ - unix_ns());
  start_promise_.set_value(start_ns_);
  started_ = true;
}

// Ends every thread.
void Run::stop() {
  stop_ = true;
  if (!started_) start_schedule();
  threads_.clear();
}

void Run::show_progress() const {
  uint64_t answered = 0;
  uint64_t failed = 0;
  for (const auto& worker : workers_) {
    answered += worker->answered();
    failed += worker->failed();
  }
  const double time_s = static_cast<double>(std::max<int64_t>(monotonic_ns() - start_ns_, 0)) / 1e9;
  const double whole_s = static_cast<double>(duration_ns(options_.plan.steps)) / 1e9;
  fmt::print(stderr, "\r{:6.1f} s of {:.1f} s  {} answered  {} failed  {:.0f}/s on average ", time_s, whole_s, answered,
             failed, time_s > 0 ? static_cast<double>(answered) / time_s : 0.0);
}

Outcome Run::outcome(bool shows_progress) {
  for (const auto& worker : workers_) threads_.emplace_back([this, &worker = *worker] { work(worker); });
  bool good = wait_for(opened_, -1);
  if (good && options_.start_at_unix_ns != 0 && options_.start_at_unix_ns < unix_ns()) {
    throw StartFailure("the time of --start-at had passed before the connections were open: give a later time");
  }
  if (good) {
    start_schedule();
    good = wait_for(ended_, shows_progress ? kProgressMs : -1);
    if (shows_progress) fmt::print(stderr, "\n");
  }
  stop();
  if (failure_ != nullptr) std::rethrow_exception(failure_);
  return good ? collect() : Outcome{.interrupted = true};
}

Outcome Run::collect() const {
  Outcome outcome;
  outcome.start_unix_ns = start_unix_ns_;
  outcome.results.resize(options_.plan.steps.size());
  for (const auto& worker : workers_) {
    for (size_t i = 0; i < outcome.results.size(); ++i) outcome.results[i].merge(worker->results()[i]);
    outcome.cpu += worker->cpu();
  }
  return outcome;
}

}  // namespace

Outcome run_workers(const Options& options, const Address& address, bool shows_progress) {
  return Run(options, address).outcome(shows_progress);
}

}  // namespace duel::load

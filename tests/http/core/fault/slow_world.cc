#include "tests/http/core/fault/slow_world.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/core/worker.h"
#include "tests/http/core/fault/choices.h"
#include "tests/http/core/fault/kernel.h"

namespace duel::http::testing {
namespace {

constexpr int kSecond = 1'000;

// A file that exists as long as its descriptor.
int make_file(size_t size) {
  const int file = memfd_create("file", MFD_CLOEXEC);
  EXPECT_EQ(ftruncate(file, static_cast<off_t>(size)), 0);
  return file;
}

// The client, and the time.
class SlowWorld : public World {
 public:
  explicit SlowWorld(SlowPlan plan) : plan_(std::move(plan)), to_send_(plan_.sent) {}
  ~SlowWorld() override {
    if (socket_ >= 0) ::close(socket_);
  }
  SlowWorld(const SlowWorld&) = delete;
  SlowWorld& operator=(const SlowWorld&) = delete;

  void stops(std::atomic<core::ServerState>& state, int wake) {
    state_ = &state;
    wake_ = wake;
  }
  void defer(DeferredAnswer answer) { deferred_.emplace(std::move(answer)); }

  bool step(bool) override {
    if (socket_ < 0 || to_send_.empty()) return false;
    const size_t size = std::min(to_send_.size(), kSocketBytes - connection().to_server);
    const ssize_t sent = size == 0 ? 0 : send(socket_, to_send_.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) return false;
    to_send_.erase(0, static_cast<size_t>(sent));
    connection().to_server += static_cast<size_t>(sent);
    if (to_send_.empty() && plan_.shuts_down) {
      shutdown(socket_, SHUT_WR);
      connection().client_shut = true;
    }
    return true;
  }

  int connect() override {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return -1;
    const int size = static_cast<int>(plan_.socket_bytes);
    if (plan_.socket_bytes > kSocketBytes) setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    socket_ = ends[0];
    server_end_ = ends[1];
    connected_ms_ = now_ms();
    return server_end_;
  }
  bool client_connects() const override { return socket_ < 0; }
  void on_fault(int) override {}

  bool disk_is_ready() override {
    if (now_ms() < disk_ready_ms_) return false;
    disk_ready_ms_ = now_ms() + plan_.disk_takes_s * kSecond;
    return true;
  }

  bool on_quiet() override {
    if (socket_ < 0 || state_->load() != core::ServerState::kServing) return false;
    Kernel::current()->pass_ms(kSecond);
    if (is_closed() || elapsed_s() > plan_.ends_after_s) {
      if (is_closed()) outcome_.closed_s = elapsed_s();
      raise_drain();
      return true;
    }
    if (deferred_ && elapsed_s() >= plan_.answer_after_s) {
      deferred_->answer({.body = std::string(kLargeBytes, 'd')});
      deferred_.reset();
    }
    if (elapsed_s() >= plan_.reads_after_s) read(static_cast<size_t>(plan_.read_rate));
    if (elapsed_s() >= plan_.later_after_s) to_send_ += std::exchange(plan_.later, {});
    for (size_t i = 0; i < plan_.drip_bytes && !plan_.drip.empty(); ++i) {
      to_send_ += plan_.drip[dripped_++ % plan_.drip.size()];
    }
    return true;
  }

  // Call it after the server has ended.
  SlowOutcome finish() {
    read(SIZE_MAX);
    return outcome_;
  }

 private:
  Kernel::Socket& connection() const {
    Kernel::Socket& socket = Kernel::current()->socket(server_end_);
    socket.most_to_client = plan_.socket_bytes;
    return socket;
  }
  static int64_t now_ms() { return Kernel::current()->now_ms(); }
  int64_t elapsed_s() const { return (now_ms() - connected_ms_) / kSecond; }

  // Whether the server has closed its end. A connection whose sending side alone is shut down is still open.
  bool is_closed() const {
    pollfd events{.fd = socket_, .events = 0, .revents = 0};
    return poll(&events, 1, 0) == 1 && (events.revents & (POLLHUP | POLLERR)) != 0;
  }

  void read(size_t limit) {
    std::array<char, 4096> bytes;  // NOLINT: written by recv()
    while (limit > 0) {
      const ssize_t size = recv(socket_, bytes.data(), std::min(limit, bytes.size()), MSG_DONTWAIT);
      if (size <= 0) return;
      outcome_.received.append(bytes.data(), static_cast<size_t>(size));
      connection().to_client -= static_cast<size_t>(size);
      limit -= static_cast<size_t>(size);
    }
  }

  void raise_drain() {
    state_->store(core::ServerState::kDraining);
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
  }

  SlowPlan plan_;
  std::string to_send_;
  size_t dripped_ = 0;
  int socket_ = -1;
  int server_end_ = -1;
  int64_t connected_ms_ = 0;
  int64_t disk_ready_ms_ = 0;
  std::optional<DeferredAnswer> deferred_;
  SlowOutcome outcome_;
  std::atomic<core::ServerState>* state_ = nullptr;
  int wake_ = -1;
};

class Answers : public Handler {
 public:
  explicit Answers(SlowWorld& world) : world_(world) {}

  void handle(const Request& request, Response& response) override {
    if (request.path == "/small") return response.end("small");
    if (request.path == "/middle") return response.end(std::string(4'000, 'm'));
    if (request.path == "/large") return response.end(std::string(kLargeBytes, 'l'));
    if (request.path == "/file") return response.end_file({.descriptor = make_file(kLargeBytes), .size = kLargeBytes});
    if (request.path == "/deferred") {
      return response.defer_answer([this](DeferredAnswer answer) { world_.defer(std::move(answer)); });
    }
    if (request.path == "/pieces") {
      for (size_t i = 0; i < kLargeBytes / 1'000; ++i) response.write(std::string(1'000, 'p'));
      return;
    }
    response.end(request.body);
  }

 private:
  SlowWorld& world_;
};

}  // namespace

ServerOptions limits_for_tests() {
  using std::chrono::seconds;
  ServerOptions options;
  options.max_connections = 4;
  options.header_timeout = seconds(10);
  options.body_timeout = seconds(20);
  options.idle_timeout = seconds(60);
  options.write_timeout = seconds(30);
  return options;
}

SlowOutcome run_slowly(const SlowPlan& plan, const ServerOptions& options) {
  Choices choices(1);
  SlowWorld world(plan);
  Kernel kernel(choices, world, {});
  core::Admission admission(options.max_connections);
  std::atomic<core::ServerState> state{core::ServerState::kServing};
  core::Worker worker(options, core::Listener("127.0.0.1", 0, true), admission, state);
  world.stops(state, worker.wake_descriptor());
  worker.run([&] { return std::make_unique<Answers>(world); }, [] {});
  return world.finish();
}

}  // namespace duel::http::testing

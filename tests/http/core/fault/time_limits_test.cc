#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/core/worker.h"
#include "tests/http/core/fault/choices.h"
#include "tests/http/core/fault/kernel.h"

// The time limits of one connection, in simulated time: clients that send or read slowly, and a server that is slow
// itself. A second passes whenever neither side can make progress.
namespace duel::http::testing {
namespace {

constexpr int kSecond = 1'000;
constexpr int64_t kNever = -1;

struct Plan {
  std::string sent;        // at once
  std::string drip = {};   // then one byte of it per second, again and again
  size_t drip_bytes = 1;   // per second
  std::string later = {};  // sent after `later_after_s`
  int64_t later_after_s = 0;
  int read_rate = 1'000'000;  // bytes per second
  int64_t reads_after_s = 0;
  bool shuts_down = false;             // after `sent`
  size_t socket_bytes = kSocketBytes;  // that the server's socket can hold
  int64_t answer_after_s = 0;          // of /deferred
  int64_t disk_takes_s = 0;            // for each piece of a file
  int64_t ends_after_s = 4'000;
};

struct Outcome {
  std::string received;
  int64_t closed_s = kNever;  // since the client connected
};

// A file that exists as long as its descriptor.
int make_file(size_t size) {
  const int file = memfd_create("file", MFD_CLOEXEC);
  EXPECT_EQ(ftruncate(file, static_cast<off_t>(size)), 0);
  return file;
}

constexpr size_t kLargeBytes = 150'000;

// The client, and the time.
class SlowWorld : public World {
 public:
  explicit SlowWorld(Plan plan) : plan_(std::move(plan)), to_send_(plan_.sent) {}
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
  Outcome finish() {
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

  Plan plan_;
  std::string to_send_;
  size_t dripped_ = 0;
  int socket_ = -1;
  int server_end_ = -1;
  int64_t connected_ms_ = 0;
  int64_t disk_ready_ms_ = 0;
  std::optional<DeferredAnswer> deferred_;
  Outcome outcome_;
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

Outcome run(const Plan& plan, const ServerOptions& options = limits_for_tests()) {
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

std::string get(std::string_view path, std::string_view fields = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

size_t count(std::string_view text, char c) {
  return static_cast<size_t>(std::ranges::count(text, c));
}

// --- Slow readers ---

struct Answered {
  const char* title;
  std::string requests;
  char letter;   // of the body
  size_t bytes;  // how many of it
};

std::vector<Answered> slow_answers() {
  return {
      {"one large answer", get("/large"), 'l', kLargeBytes},
      {"a large answer that ends the connection", get("/large", "Connection: close\r\n"), 'l', kLargeBytes},
      {"a streamed answer", get("/pieces"), 'p', kLargeBytes},
      {"a file", get("/file"), 'f', kLargeBytes},
      {"many answers of a pipeline", repeated(get("/middle"), 60), 'm', 60 * 4'000},
      {"large answers of a pipeline", repeated(get("/large"), 3), 'l', 3 * kLargeBytes},
      {"files of a pipeline", repeated(get("/file"), 3), 'f', 3 * kLargeBytes},
      {"a large answer behind small ones", repeated(get("/small"), 20) + get("/large"), 'l', kLargeBytes},
      {"a late answer", get("/deferred"), 'd', kLargeBytes},
      {"an answer and an incomplete request", get("/large") + "GET /sma", 'l', kLargeBytes},
  };
}

// What the client has received of the bodies. The bytes of a file are zeros.
size_t received_of(const Answered& answered, const Outcome& outcome) {
  if (answered.letter == 'f') return count(outcome.received, '\0');
  return std::max<size_t>(count(outcome.received, answered.letter), 100) - 100;  // the heads have such letters too
}

TEST(SlowReader, BelowTheRateIsReset) {
  for (const bool shuts_down : {false, true}) {
    for (const Answered& answered : slow_answers()) {
      for (const int rate : {0, 1, 32, 90}) {
        const Outcome outcome = run({.sent = answered.requests, .read_rate = rate, .shuts_down = shuts_down});
        EXPECT_NE(outcome.closed_s, kNever) << answered.title << " at " << rate << " bytes/s";
        EXPECT_LE(outcome.closed_s, 130) << answered.title << " at " << rate << " bytes/s";
        EXPECT_LT(received_of(answered, outcome), answered.bytes / 2) << answered.title << " at " << rate;
      }
    }
  }
}

TEST(SlowReader, AboveTheRateIsServed) {
  for (const bool shuts_down : {false, true}) {
    for (const Answered& answered : slow_answers()) {
      for (const int rate : {110, 500, 1'000'000}) {
        const Outcome outcome =
            run({.sent = answered.requests, .read_rate = rate, .shuts_down = shuts_down, .ends_after_s = 10'000});
        EXPECT_GE(received_of(answered, outcome), answered.bytes - 100) << answered.title << " at " << rate;
      }
    }
  }
}

// Whether the connection can have another request behind these.
bool may_follow(const Answered& answered) {
  return answered.requests.ends_with("\r\n\r\n") && answered.requests.find("close") == std::string::npos;
}

// The deadline of an answer that has been read must not end a later answer.
TEST(SlowReader, AboveTheRateIsServedAgain) {
  for (const Answered& answered : slow_answers()) {
    if (!may_follow(answered)) continue;
    for (const int rate : {500, 5'000}) {
      // The client has read the answers by then, but not long ago.
      const auto read_s = static_cast<int64_t>(answered.bytes) / rate + 5;
      for (int64_t pause_s = 0; pause_s < 35; pause_s += 5) {
        const Outcome outcome = run({.sent = answered.requests,
                                     .later = answered.requests,
                                     .later_after_s = read_s + pause_s,
                                     .read_rate = rate,
                                     .ends_after_s = 10'000});
        EXPECT_GE(received_of(answered, outcome), 2 * answered.bytes - 100)
            << answered.title << " at " << rate << " bytes/s, again after " << pause_s << " s";
      }
    }
  }
}

TEST(SlowReader, RateCanBeChosen) {
  ServerOptions options = limits_for_tests();
  options.min_write_rate = 1'000;
  EXPECT_LT(run({.sent = get("/large"), .read_rate = 900}, options).received.size(), kLargeBytes);
  EXPECT_GT(run({.sent = get("/large"), .read_rate = 1'100}, options).received.size(), kLargeBytes);
  options.min_write_rate = 0;
  const Plan slow{.sent = get("/large"), .read_rate = 40, .ends_after_s = 10'000};
  EXPECT_GT(run(slow, options).received.size(), kLargeBytes);
  EXPECT_LT(run({.sent = get("/large"), .read_rate = 0}, options).received.size(), kLargeBytes);
}

// The whole answer is in the socket's buffer: the server has nothing to send, and the client is not idle either.
TEST(SlowReader, OfTheSocketsBuffer) {
  constexpr size_t kLarger = 1'000'000;
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  const Outcome slow = run({.sent = get("/large"), .read_rate = 32, .socket_bytes = kLarger}, options);
  EXPECT_LE(slow.closed_s, 40);
  const Outcome steady = run({.sent = get("/large"), .read_rate = 500, .socket_bytes = kLarger}, options);
  EXPECT_GE(steady.closed_s, 3'000) << "it is idle from the time when it has read the answer";
}

// The client asks again while it reads the first answer from the socket's buffer. The next answer does not fit there.
TEST(SlowReader, MayAskForMoreWhileItReads) {
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  for (const char* path : {"/large", "/pieces", "/file"}) {
    for (const int rate : {32, 110, 1'000}) {
      const Outcome outcome = run({.sent = get("/large"),
                                   .later = get(path),
                                   .later_after_s = 25,
                                   .read_rate = rate,
                                   .socket_bytes = 200'000,
                                   .ends_after_s = 10'000},
                                  options);
      EXPECT_EQ(outcome.received.size() > 2 * kLargeBytes, rate > 100) << path << " at " << rate << " bytes/s";
    }
  }
}

// Requests do not extend the time in which earlier answers must be read.
TEST(SlowReader, GainsNoTimeByAskingAgain) {
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  for (const int rate : {0, 32, 90}) {
    const Outcome outcome = run({.sent = get("/large"),
                                 .later = get("/small"),
                                 .later_after_s = 25,
                                 .read_rate = rate,
                                 .socket_bytes = 1'000'000},
                                options);
    EXPECT_NE(outcome.closed_s, kNever) << rate;
    EXPECT_LE(outcome.closed_s, 32) << rate;
  }
}

// A request in several segments has time limits of its own, and so has a late answer. Neither ends the time in which
// earlier answers must be read.
TEST(SlowReader, GainsNoTimeByAskingInSegments) {
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  const std::string small = get("/small");
  const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nmoreX";
  const std::string large = get("/middle");
  struct {
    const char* title;
    std::string asks;
    size_t segment;  // bytes, one segment per second
    size_t socket_bytes = 1'000'000;
  } const cases[] = {
      {"two segments", small, small.size() / 2},
      {"three segments", small, small.size() / 3 + 1},
      {"the rest of one request with a part of the next", small, small.size() - 3},
      {"a request and a part of the next", small, small.size() + 3},
      {"a head, then its body", post, post.size() - 3},
      {"answers that need the heap", repeated(large, 20), large.size() * 19},
      {"answers that fill the socket", repeated(large, 20), large.size() * 19, 160'000},
  };
  for (const auto& one : cases) {
    for (const int rate : {0, 32, 90}) {
      const Outcome outcome = run({.sent = get("/large"),
                                   .drip = one.asks,
                                   .drip_bytes = one.segment,
                                   .read_rate = rate,
                                   .socket_bytes = one.socket_bytes,
                                   .ends_after_s = 400},
                                  options);
      EXPECT_NE(outcome.closed_s, kNever) << one.title << " at " << rate << " bytes/s";
      EXPECT_LE(outcome.closed_s, 65) << one.title << " at " << rate << " bytes/s";
    }
  }
}

TEST(SlowReader, GainsNoTimeByALateAnswer) {
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  for (const int rate : {0, 32, 90}) {
    const Outcome outcome = run(
        {.sent = get("/large") + get("/deferred"), .read_rate = rate, .socket_bytes = 1'000'000, .answer_after_s = 50},
        options);
    EXPECT_NE(outcome.closed_s, kNever) << rate;
    EXPECT_LE(outcome.closed_s, 55) << rate;
  }
}

TEST(SlowReader, AboveTheRateMayAskInSegments) {
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  const std::string small = get("/small");
  for (const size_t segment : {small.size() / 2, small.size() - 3, small.size() + 3}) {
    for (const int rate : {300, 1'000, 100'000}) {
      const Outcome outcome = run({.sent = get("/large"),
                                   .drip = small,
                                   .drip_bytes = segment,
                                   .read_rate = rate,
                                   .socket_bytes = 1'000'000,
                                   .ends_after_s = 2'000},
                                  options);
      EXPECT_EQ(outcome.closed_s, kNever) << segment << " bytes per segment, at " << rate << " bytes/s";
    }
  }
  EXPECT_GE(count(run({.sent = get("/large") + get("/deferred"),
                       .read_rate = 500,
                       .socket_bytes = 1'000'000,
                       .answer_after_s = 50},
                      options)
                      .received,
                  'd'),
            kLargeBytes);
}

// The server is late, not the client.
TEST(SlowServer, DoesNotBlameTheClient) {
  const auto is_served = [](Plan plan, char letter) {
    plan.read_rate = 10'000;
    return count(run(plan).received, letter) >= kLargeBytes;
  };
  EXPECT_TRUE(is_served({.sent = get("/deferred"), .answer_after_s = 500}, 'd')) << "a late answer";
  EXPECT_TRUE(is_served({.sent = get("/large") + get("/deferred"), .answer_after_s = 500}, 'd'))
      << "a late answer behind a large one";
  EXPECT_TRUE(is_served({.sent = get("/file"), .disk_takes_s = 45}, '\0')) << "a slow disk";
  EXPECT_TRUE(is_served({.sent = get("/file"), .disk_takes_s = 200}, '\0')) << "a very slow disk";
  EXPECT_TRUE(is_served({.sent = get("/large") + get("/file"), .disk_takes_s = 45}, '\0'))
      << "a slow disk behind a large answer";
}

// --- Slow senders ---

struct Dripping {
  const char* title;
  std::string sent;
  std::string drip;
  int status;       // of the answer that ends the connection; 0: it ends without an answer
  int64_t limit_s;  // the connection has ended by then
  size_t drip_bytes = 1;
};

TEST(SlowSender, GetsNoTimeForBytesThatAreNoProgress) {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const Dripping cases[] = {
      {"nothing", "", "", 0, 62},
      {"empty lines, byte by byte", "", "\r\n", 0, 62},
      {"empty lines", "", "\r\n", 0, 62, 2},
      {"empty lines, cut at odd places", "", "\r\n\r\n", 0, 62, 3},
      {"many empty lines", "", "\r\n", 0, 62, 100},
      {"empty lines after an answer, byte by byte", get("/small"), "\r\n", 0, 64},
      {"empty lines after an answer", get("/small"), "\r\n", 0, 64, 2},
      {"empty lines with an answer, byte by byte", get("/small") + "\r", "\n\r", 0, 64},
      {"empty lines, then a request", "\r\n\r\nGET / HT", "", 408, 14},
      {"a method", "", "A", 408, 14},
      {"a request line", "GET /", "a", 408, 14},
      {"a field", "GET / HTTP/1.1\r\nX: ", "a", 408, 14},
      {"fields", "GET / HTTP/1.1\r\n", "X: a\r\n", 408, 14, 6},
      {"a head after an answer", get("/small") + "GET /", "a", 408, 14},
      {"a body", post + "Content-Length: 100000\r\n\r\n", "a", 408, 24},
      {"a body after 100 Continue", post + "Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n", "a", 408, 24},
      {"a chunk size", chunked, "0", 408, 24},
      {"chunk extensions", chunked + "1", ";a", 408, 24},
      {"a chunk", chunked + "fffff\r\n", "a", 408, 24},
      {"chunks", chunked, "1\r\na\r\n", 408, 24, 6},
      {"a trailer", chunked + "0\r\nX: ", "a", 408, 24},
      {"trailers", chunked + "0\r\n", "X: a\r\n", 408, 24, 6},
      {"bytes after the last answer", get("/small", "Connection: close\r\n"), "a", 200, 4},
      {"bytes after a refusal", "GET /\r\n\r\n", "a", 400, 4},
  };
  for (const Dripping& one : cases) {
    const Outcome outcome = run({.sent = one.sent, .drip = one.drip, .drip_bytes = one.drip_bytes});
    EXPECT_NE(outcome.closed_s, kNever) << one.title;
    EXPECT_LE(outcome.closed_s, one.limit_s) << one.title;
    const size_t last = outcome.received.rfind("HTTP/1.1 ");
    const int expected = one.status == 0 && one.sent.starts_with("GET") ? 200 : one.status;
    const int status = last == std::string::npos ? 0 : std::stoi(outcome.received.substr(last + 9));
    EXPECT_EQ(status, expected) << one.title;
  }
}

// An empty line, or a part of one, is not a request that ends too early.
TEST(Sender, MayEndAfterAPartOfAnEmptyLine) {
  for (const char* empty_lines : {"", "\r", "\r\n", "\r\n\r"}) {
    EXPECT_EQ(run({.sent = empty_lines, .shuts_down = true}).received, "");
    EXPECT_TRUE(run({.sent = get("/small") + empty_lines, .shuts_down = true}).received.ends_with("\r\n\r\nsmall"));
  }
}

}  // namespace
}  // namespace duel::http::testing

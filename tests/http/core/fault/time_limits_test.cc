#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/core/fault/slow_world.h"

// The time limits of one connection, in simulated time (slow_world.h).
namespace duel::http::testing {
namespace {

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
size_t received_of(const Answered& answered, const SlowOutcome& outcome) {
  if (answered.letter == 'f') return count(outcome.received, '\0');
  return std::max<size_t>(count(outcome.received, answered.letter), 100) - 100;  // the heads have such letters too
}

TEST(SlowReader, BelowTheRateIsReset) {
  for (const bool shuts_down : {false, true}) {
    for (const Answered& answered : slow_answers()) {
      for (const int rate : {0, 1, 32, 90}) {
        const SlowOutcome outcome =
            run_slowly({.sent = answered.requests, .read_rate = rate, .shuts_down = shuts_down});
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
        const SlowOutcome outcome = run_slowly(
            {.sent = answered.requests, .read_rate = rate, .shuts_down = shuts_down, .ends_after_s = 10'000});
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
        const SlowOutcome outcome = run_slowly({.sent = answered.requests,
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
  EXPECT_LT(run_slowly({.sent = get("/large"), .read_rate = 900}, options).received.size(), kLargeBytes);
  EXPECT_GT(run_slowly({.sent = get("/large"), .read_rate = 1'100}, options).received.size(), kLargeBytes);
  options.min_write_rate = 0;
  const SlowPlan slow{.sent = get("/large"), .read_rate = 40, .ends_after_s = 10'000};
  EXPECT_GT(run_slowly(slow, options).received.size(), kLargeBytes);
  EXPECT_LT(run_slowly({.sent = get("/large"), .read_rate = 0}, options).received.size(), kLargeBytes);
}

// The whole answer is in the socket's buffer: the server has nothing to send, and the client is not idle either.
TEST(SlowReader, OfTheSocketsBuffer) {
  constexpr size_t kLarger = 1'000'000;
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  const SlowOutcome slow = run_slowly({.sent = get("/large"), .read_rate = 32, .socket_bytes = kLarger}, options);
  EXPECT_LE(slow.closed_s, 40);
  const SlowOutcome steady = run_slowly({.sent = get("/large"), .read_rate = 500, .socket_bytes = kLarger}, options);
  EXPECT_GE(steady.closed_s, 3'000) << "it is idle from the time when it has read the answer";
}

// The client asks again while it reads the first answer from the socket's buffer. The next answer does not fit there.
TEST(SlowReader, MayAskForMoreWhileItReads) {
  ServerOptions options = limits_for_tests();
  options.idle_timeout = std::chrono::seconds(3'000);
  for (const char* path : {"/large", "/pieces", "/file"}) {
    for (const int rate : {32, 110, 1'000}) {
      const SlowOutcome outcome = run_slowly({.sent = get("/large"),
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
    const SlowOutcome outcome = run_slowly({.sent = get("/large"),
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
      const SlowOutcome outcome = run_slowly({.sent = get("/large"),
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
    const SlowOutcome outcome = run_slowly(
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
      const SlowOutcome outcome = run_slowly({.sent = get("/large"),
                                              .drip = small,
                                              .drip_bytes = segment,
                                              .read_rate = rate,
                                              .socket_bytes = 1'000'000,
                                              .ends_after_s = 2'000},
                                             options);
      EXPECT_EQ(outcome.closed_s, kNever) << segment << " bytes per segment, at " << rate << " bytes/s";
    }
  }
  EXPECT_GE(count(run_slowly({.sent = get("/large") + get("/deferred"),
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
  const auto is_served = [](SlowPlan plan, char letter) {
    plan.read_rate = 10'000;
    return count(run_slowly(plan).received, letter) >= kLargeBytes;
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
    const SlowOutcome outcome = run_slowly({.sent = one.sent, .drip = one.drip, .drip_bytes = one.drip_bytes});
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
    EXPECT_EQ(run_slowly({.sent = empty_lines, .shuts_down = true}).received, "");
    EXPECT_TRUE(
        run_slowly({.sent = get("/small") + empty_lines, .shuts_down = true}).received.ends_with("\r\n\r\nsmall"));
  }
}

}  // namespace
}  // namespace duel::http::testing

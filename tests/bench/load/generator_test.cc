#include "bench/load/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>

#include "tests/bench/load/simulated_server.h"

namespace duel::load::testing {
namespace {

constexpr int64_t kBase = 50 * kUs;  // what a simulated server needs for any answer

const RequestMix& ping() {
  static const RequestMix mix({{.target = "/ping"}}, "127.0.0.1", "");
  return mix;
}

// A generator and a simulated server that answers each request with what `react` returns.
class Session {
 public:
  Session(const Plan& plan, SimulatedServer::React react, const RequestMix& mix = ping())
      : plan_(plan), server(std::move(react)), generator(plan_, mix, server) {}

  const Results& run(int64_t stall_begin_ns = 0, int64_t stall_end_ns = 0) {
    server.run(generator, stall_begin_ns, stall_end_ns);
    for (const Results& results : generator.results()) {
      EXPECT_EQ(results.requests, results.answered + results.failed()) << "a request was lost or counted twice";
    }
    return generator.results().front();
  }

 private:
  const Plan plan_;

 public:
  SimulatedServer server;
  Generator generator;
};

int64_t quantile(std::vector<int64_t> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(std::ceil(part * static_cast<double>(values.size()) - 1e-6)) - 1];
}

void expect_quantiles(const Histogram& histogram, const std::vector<int64_t>& computed,
                      const std::vector<double>& parts) {
  EXPECT_EQ(histogram.count(), computed.size());
  for (const double part : parts) {
    const auto expected = static_cast<double>(quantile(computed, part));
    EXPECT_NEAR(static_cast<double>(histogram.quantile_ns(part)), expected, 0.02 * expected) << part;
  }
}

uint64_t failures(const Results& results, Failure failure) {
  return results.failures[static_cast<size_t>(failure)];
}

Reaction in(int64_t ready_ns) {
  return {.ready_ns = ready_ns};
}

// Answers nothing in the first 100 ms of each second.
int64_t thaw(int64_t now_ns) {
  return now_ns % kSecond < 100 * kMs ? now_ns - now_ns % kSecond + 100 * kMs : now_ns;
}
Reaction freezing(int64_t now_ns, uint64_t /*number*/) {
  return in(thaw(now_ns) + kBase);
}

std::vector<int64_t> freezing_latencies(int64_t rate, int64_t seconds) {
  std::vector<int64_t> latencies;
  for (int64_t i = 0; i < rate * seconds; ++i) {
    const int64_t intended = i * kSecond / rate;
    latencies.push_back(thaw(intended) + kBase - intended);
  }
  return latencies;
}

TEST(Generator, SeesEveryRequestThatAFreezeDelays) {
  Session session(plan_of(1000, 10 * kSecond, 200), freezing);
  const Results& results = session.run();
  const std::vector<double> parts = {0.5, 0.9, 0.91, 0.95, 0.99, 0.999, 1};
  expect_quantiles(results.from_intended, freezing_latencies(1000, 10), parts);
  expect_quantiles(results.from_actual, freezing_latencies(1000, 10), parts);
  EXPECT_EQ(results.lateness.max_ns(), 0);
}

// With few connections a frozen server keeps the generator from sending. The intended times show the delay; the actual
// times show it only for the requests that were already sent.
TEST(Generator, SeesADelayThatKeepsItFromSending) {
  Session session(plan_of(1000, 10 * kSecond, 10), freezing);
  const Results& results = session.run();
  expect_quantiles(results.from_intended, freezing_latencies(1000, 10), {0.5, 0.95, 0.99, 0.999, 1});
  EXPECT_NEAR(static_cast<double>(results.from_actual.quantile_ns(0.985)), kBase, 0.02 * kBase);
  EXPECT_EQ(results.lateness.max_ns(), 0) << "a busy connection is not the generator's lateness";
  EXPECT_LT(results.from_actual.mean_ns(), 0.3 * results.from_intended.mean_ns());
}

TEST(Generator, SeesOneSlowAnswerInAHundred) {
  Session session(plan_of(10'000, 2 * kSecond, 64),
                  [](int64_t now, uint64_t number) { return in(now + kBase + (number % 100 == 99 ? kMs : 0)); });
  const Results& results = session.run();
  std::vector<int64_t> computed(20'000, kBase);
  std::fill_n(computed.begin(), 200, kBase + kMs);
  expect_quantiles(results.from_intended, computed, {0.5, 0.98, 0.99, 0.9901, 0.995, 1});
  uint64_t slow = 0;
  const std::vector<uint64_t> counts = results.from_intended.counts();
  for (size_t i = Histogram::class_of(kMs); i < counts.size(); ++i) slow += counts[i];
  EXPECT_EQ(slow, 200);
}

TEST(Generator, CountsStatusesExactly) {
  Session session(plan_of(10'000, 2 * kSecond, 64), [](int64_t now, uint64_t number) {
    Reaction reaction = in(now + kBase);
    if (number % 1000 == 999) reaction.answer = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
    return reaction;
  });
  const Results& results = session.run();
  EXPECT_EQ(results.statuses[200], 19'980);
  EXPECT_EQ(results.statuses[500], 20);
  EXPECT_EQ(results.bad_statuses(), 20);
  EXPECT_EQ(results.answered, 20'000);
  EXPECT_EQ(results.sent_in_time, 20'000);
}

// The generator had no CPU for 20 ms: 20 requests were late by 20 to 1 ms, and their latency says so.
TEST(Generator, KnowsItsOwnLateness) {
  Session session(plan_of(1000, kSecond, 64), [](int64_t now, uint64_t) { return in(now + kBase); });
  const Results& results = session.run(500 * kMs, 520 * kMs);
  EXPECT_EQ(results.lateness.count(), 1000);
  EXPECT_EQ(results.lateness.max_ns(), 20 * kMs);
  EXPECT_NEAR(results.lateness.mean_ns() * 1000, (20 * 21 / 2) * kMs, kMs);
  EXPECT_EQ(results.from_intended.max_ns(), 20 * kMs + kBase);
  EXPECT_EQ(results.from_actual.max_ns(), kBase);
}

// The same while every connection is busy: nothing could have been sent, but the generator was away.
TEST(Generator, KnowsItsOwnLatenessWithoutAFreeConnection) {
  Session session(plan_of(1000, kSecond, 1),
                  [](int64_t now, uint64_t) { return in(now < 600 * kMs ? 600 * kMs : now + kUs); });
  const Results& results = session.run(500 * kMs, 520 * kMs);
  EXPECT_EQ(results.lateness.max_ns(), 20 * kMs);
  EXPECT_EQ(results.lateness.count(), 1000);
  EXPECT_EQ(results.lateness.quantile_ns(0.98), 0);
}

TEST(Generator, SendsAtTheRateOfEachStep) {
  Plan plan = plan_of(100, 2 * kSecond, 8);
  plan.steps.front().warmup = true;
  plan.steps.push_back({.rate_milli = 333'333, .duration_ns = 3 * kSecond});
  plan.steps.push_back({.rate_milli = 500, .duration_ns = 3 * kSecond});
  Session session(plan, [](int64_t now, uint64_t) { return in(now + kBase); });
  session.run();
  ASSERT_EQ(session.generator.results().size(), 3);
  EXPECT_EQ(session.generator.results()[0].answered, 200);
  EXPECT_EQ(session.generator.results()[1].answered, 1000);
  EXPECT_EQ(session.generator.results()[2].answered, 2);
}

TEST(Generator, KeepsEveryConnectionBusyInAClosedLoop) {
  for (const uint32_t pipeline : {1U, 16U}) {
    Plan plan = plan_of(0, kSecond, 5);
    plan.pipeline = pipeline;
    Session session(plan, [](int64_t now, uint64_t) { return in(now + kMs); });
    const Results& results = session.run();
    EXPECT_EQ(results.answered, 5 * pipeline * 1000);
    EXPECT_EQ(results.from_actual.min_ns(), kMs);
    EXPECT_EQ(results.from_actual.max_ns(), kMs);
    EXPECT_EQ(session.server.connects, 5);
  }
}

TEST(Generator, PipelinesOnlyIfNoConnectionIsIdle) {
  Plan plan = plan_of(1000, 10 * kMs, 4);
  plan.pipeline = 3;
  uint64_t most = 0;
  Session session(plan, [&](int64_t, uint64_t number) {
    most = std::max(most, number + 1);
    return in(100 * kMs);
  });
  const Results& results = session.run();
  EXPECT_EQ(most, 10);
  EXPECT_EQ(results.answered, 10);
  EXPECT_EQ(results.sent_in_time, 10) << "four connections take twelve requests";
}

TEST(Generator, KnowsWhichPipelinedRequestAnAnswerBelongsTo) {
  Plan plan = plan_of(1000, 4 * kMs, 1);
  plan.pipeline = 4;
  Session session(plan, [](int64_t, uint64_t number) { return in(10 * kMs + static_cast<int64_t>(number) * 2 * kMs); });
  const Results& results = session.run();
  expect_quantiles(results.from_intended, {10 * kMs, 11 * kMs, 12 * kMs, 13 * kMs}, {0.25, 0.5, 0.75, 1});
}

TEST(Generator, OpensAConnectionPerRequest) {
  const std::string announced = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  for (const std::string& answer : {Reaction().answer, announced}) {
    for (const bool closes : {true, false}) {
      Plan plan = plan_of(1000, kSecond, 300);
      plan.requests_per_connection = 1;
      Session session(plan, [&](int64_t now, uint64_t) {
        return Reaction{.ready_ns = now + kBase, .answer = answer, .closes = closes};
      });
      const Results& results = session.run();
      EXPECT_EQ(results.answered, 1000);
      EXPECT_EQ(session.server.connects, 1000);
      EXPECT_EQ(results.from_intended.max_ns(), kBase);
      EXPECT_THAT(session.server.requests, ::testing::Each(::testing::HasSubstr("\r\nConnection: close\r\n")));
      const bool waits = closes && answer == announced;
      EXPECT_EQ(session.server.closed_first, waits ? 1000 : 0) << "the server closes first if it has announced it";
    }
  }
}

TEST(Generator, ClosesAConnectionAfterItsRequests) {
  Plan plan = plan_of(0, kSecond, 1);
  plan.requests_per_connection = 7;
  plan.pipeline = 7;
  Session session(plan, [](int64_t now, uint64_t) { return in(now + 10 * kMs); });
  const Results& results = session.run();
  EXPECT_EQ(results.answered, 700);
  EXPECT_EQ(session.server.connects, 100);
  const auto closing = std::count_if(session.server.requests.begin(), session.server.requests.end(),
                                     [](const std::string& head) { return head.find("close") != std::string::npos; });
  EXPECT_EQ(closing, 100);
}

TEST(Generator, NumbersTheRequests) {
  const RequestMix mix({{.target = "/ping"}}, "h", "run-");
  Session session(
      plan_of(1000, 100 * kMs, 4), [](int64_t now, uint64_t) { return in(now + kBase); }, mix);
  session.run();
  std::set<std::string> ids;
  for (const std::string& head : session.server.requests) ids.insert(head.substr(head.find("run-") + 4, 16));
  EXPECT_EQ(ids.size(), 100);
  EXPECT_EQ(*ids.begin(), "0000000000000000");
  EXPECT_EQ(*ids.rbegin(), "0000000000000063");
}

struct Fault {
  const char* name;
  Reaction reaction;  // of every tenth request; its time counts from the arrival
  Failure failure;
};

void PrintTo(const Fault& fault, std::ostream* out) {
  *out << fault.name;
}

class GeneratorFaults : public ::testing::TestWithParam<Fault> {};

TEST_P(GeneratorFaults, AreCountedByClassAndTheRunContinues) {
  const Fault& fault = GetParam();
  Plan plan = plan_of(1000, kSecond, 64);
  plan.timeout_ns = 200 * kMs;
  Session session(plan, [&](int64_t now, uint64_t number) {
    if (number % 10 != 9) return in(now + kBase);
    Reaction reaction = fault.reaction;
    reaction.ready_ns += now;
    return reaction;
  });
  const Results& results = session.run();
  EXPECT_EQ(failures(results, fault.failure), 100);
  EXPECT_EQ(results.failed(), 100);
  EXPECT_EQ(results.answered, 900);
  EXPECT_EQ(results.from_intended.count(), 900);
  EXPECT_LT(results.from_intended.max_ns(), kMs);
}

INSTANTIATE_TEST_SUITE_P(
    All, GeneratorFaults,
    ::testing::Values(
        Fault{"reset", {.ready_ns = kBase, .reset = ECONNRESET}, Failure::kReset},
        Fault{"closed", {.ready_ns = kBase, .answer = "", .closes = true}, Failure::kClosed},
        Fault{"closed_in_a_head", {.ready_ns = kBase, .answer = "HTTP/1.1 20", .closes = true}, Failure::kClosed},
        Fault{"closed_in_a_body",
              {.ready_ns = kBase, .answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", .closes = true},
              Failure::kClosed},
        Fault{"malformed", {.ready_ns = kBase, .answer = "HTTP/1.1 2x0 OK\r\n\r\n"}, Failure::kMalformed},
        Fault{"half_an_answer", {.ready_ns = kBase, .answer = "HTTP/1.1 200 OK\r\n"}, Failure::kTimeout},
        Fault{"too_late", {.ready_ns = kSecond}, Failure::kTimeout}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(Generator, TakesAnAnswerThatEndsWithTheConnection) {
  Session session(plan_of(100, kSecond, 4), [](int64_t now, uint64_t) {
    return Reaction{.ready_ns = now + kBase, .answer = "HTTP/1.0 200 OK\r\n\r\nsome", .closes = true};
  });
  EXPECT_EQ(session.run().answered, 100);
  EXPECT_EQ(session.server.connects, 100);
}

TEST(Generator, LosesThePipelinedRequestsBehindAnAnswerThatCloses) {
  Plan plan = plan_of(0, 10 * kMs, 1);
  plan.pipeline = 4;
  Session session(plan, [](int64_t now, uint64_t) {
    return Reaction{.ready_ns = now + kMs,
                    .answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    .closes = true};
  });
  const Results& results = session.run();
  EXPECT_EQ(results.answered, 10);
  EXPECT_EQ(failures(results, Failure::kClosed), 30);
}

TEST(Generator, IgnoresBytesThatNoRequestAskedFor) {
  Session session(plan_of(10, kSecond, 1), [](int64_t now, uint64_t) {
    Reaction reaction = in(now + kBase);
    reaction.answer += "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n";
    return reaction;
  });
  const Results& results = session.run();
  EXPECT_EQ(results.answered, 10);
  EXPECT_EQ(results.statuses[408], 0);
  EXPECT_EQ(session.server.connects, 10);
}

TEST(Generator, CountsRefusedConnections) {
  Plan plan = plan_of(100, kSecond, 200);
  plan.requests_per_connection = 1;
  Session session(plan, [](int64_t now, uint64_t) { return in(now + kBase); });
  session.server.refuses = [](int64_t now) { return now >= 500 * kMs ? ECONNREFUSED : 0; };
  const Results& results = session.run();
  EXPECT_EQ(results.answered, 50);
  EXPECT_EQ(failures(results, Failure::kConnect), 50);
}

TEST(Generator, ReportsAConnectionThatCannotBeOpened) {
  const Plan plan = plan_of(100, kSecond, 4);
  Session session(plan, [](int64_t now, uint64_t) { return in(now); });
  session.server.refuses = [](int64_t) { return ECONNREFUSED; };
  session.server.run(session.generator);
  EXPECT_EQ(session.generator.open_error(), ECONNREFUSED);
}

// A server that answers 100 requests per second cannot take 1,000.
TEST(Generator, GivesUpRequestsThatFoundNoConnection) {
  Plan plan = plan_of(1000, kSecond, 1);
  plan.timeout_ns = kSecond;
  Session session(plan, [](int64_t now, uint64_t) { return in(now + 10 * kMs); });
  const Results& results = session.run();
  EXPECT_EQ(results.requests, 1000);
  EXPECT_NEAR(static_cast<double>(results.answered), 200, 1);
  EXPECT_NEAR(static_cast<double>(failures(results, Failure::kUnsent)), 800, 1);
  EXPECT_EQ(results.sent_in_time, 100);
}

}  // namespace
}  // namespace duel::load::testing

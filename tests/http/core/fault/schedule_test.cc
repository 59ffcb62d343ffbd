#include "tests/http/core/fault/schedule.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

// Runs thousands of schedules of one worker on a simulated kernel, which chooses at random among the results that a
// real kernel may give. DUEL_SEED=N replays one schedule (a failure prints the command); DUEL_SCHEDULES=N sets the
// number of schedules per plan. Each plan is a test of its own, so ctest runs them side by side.
namespace duel::http::testing {
namespace {

// The command that replays the current schedule; a signal handler may print it when the process crashes.
std::string replay_command;

void print_replay_command(int) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, replay_command.data(), replay_command.size());
}

std::string command_for(uint64_t seed) {
  const auto* const info = ::testing::UnitTest::GetInstance()->current_test_info();
  return "DUEL_SEED=" + std::to_string(seed) + " " + std::filesystem::read_symlink("/proc/self/exe").string() +
         " --gtest_filter=" + info->test_suite_name() + "." + info->name() + "\n";
}

struct Named {
  const char* name;
  Plan plan;
};

std::ostream& operator<<(std::ostream& out, const Named& named) {
  return out << named.name;
}

class Schedules : public ::testing::TestWithParam<Named> {
 protected:
  // Sums the figures of all seeds.
  Report run_all() {
    const uint64_t only = number_from("DUEL_SEED", 0);
    const uint64_t count = only != 0 ? 1 : number_from("DUEL_SCHEDULES", 50);
    std::signal(SIGABRT, print_replay_command);
    Report sum;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t seed = only != 0 ? only : i + 1;
      replay_command = command_for(seed);
      Choices choices(seed);
      const Report report = run(GetParam().plan, choices);
      for (const std::string& wrong : report.wrong) ADD_FAILURE() << wrong << "\n" << replay_command;
      sum.answers += report.answers;
      sum.faults += report.faults;
      sum.completions += report.completions;
      sum.overflows += report.overflows;
      sum.full_submissions += report.full_submissions;
      sum.no_buffers += report.no_buffers;
      sum.seconds = std::max(sum.seconds, report.seconds);
      sum.broke |= report.broke;
    }
    return sum;
  }
};

TEST_P(Schedules, NoAnswerIsLostOrWrong) {
  const Report sum = run_all();
  const Plan& plan = GetParam().plan;
  EXPECT_GT(sum.answers, 0u);
  // Each plan must have caused the faults that it contains, and no others.
  EXPECT_EQ(plan.faults != Faults{}, sum.faults > 0);
  EXPECT_EQ(plan.completion_entries != 0, sum.overflows > 0);
  EXPECT_EQ(plan.faults.no_buffers != 0, sum.no_buffers > 0);
  EXPECT_EQ(plan.faults.broken_enters != 0, sum.broke);
  EXPECT_EQ(plan.submission_entries != 0, sum.full_submissions > 0);
  EXPECT_EQ(plan.faults.clock_jumps != 0, sum.seconds > 10);
}

// A seed that fails must fail again when it is replayed: nothing but the seed decides.
TEST_P(Schedules, AreDecidedByTheirSeedAlone) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    Choices first(seed), second(seed);
    const Report one = run(GetParam().plan, first), other = run(GetParam().plan, second);
    EXPECT_EQ(one.completions, other.completions) << seed;
    EXPECT_EQ(one.answers, other.answers) << seed;
    EXPECT_EQ(one.faults, other.faults) << seed;
    EXPECT_EQ(first.below(UINT32_MAX), second.below(UINT32_MAX)) << seed << ": one run has drawn more often";
    RecordProperty("completions" + std::to_string(seed), std::to_string(one.completions));
  }
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(
    Worker, Schedules,
    ::testing::Values(
        Named{"calm", {}},
        Named{"no_buffers", {.faults = {.no_buffers = 5}}},
        Named{"receives_end", {.faults = {.receive_ends = 3}}},
        Named{"short_sends", {.faults = {.short_sends = 2}}},
        Named{"short_file_reads", {.faults = {.short_reads = 2}}},
        Named{"refused_enters", {.faults = {.refused_enters = 3, .partial_submits = 2}}},
        Named{"accepts_end", {.faults = {.no_descriptors = 3, .accept_ends = 2}}},
        Named{"full_queues", {.clients = 12, .submission_entries = 2, .completion_entries = 2}},
        Named{"slow_readers", {.slow_readers = true}},
        Named{"resets", {.resets = true}},
        Named{"stalls", {.stalls = true}},
        Named{"socket_errors", {.faults = {.receive_errors = 20, .send_errors = 20}}},
        Named{"file_errors", {.faults = {.file_errors = 5}}},
        Named{"no_memory", {.faults = {.no_memory = 20}, .slow_readers = true}},
        Named{"half_closes", {.half_closes = true}},
        Named{"drain", {.drains_on_the_way = true}},
        Named{"second_signal", {.drains_on_the_way = true, .ends_at_once = true}},
        Named{"broken_ring", {.faults = {.broken_enters = 500}}},
        Named{"clock_jumps", {.faults = {.clock_jumps = 3}, .clients = 12}},
        Named{"everything",
              {.faults = {.no_buffers = 10, .receive_ends = 5, .receive_errors = 100, .short_sends = 3,
                          .send_errors = 100, .no_descriptors = 5, .accept_ends = 3, .file_errors = 30,
                          .short_reads = 3, .refused_enters = 10, .partial_submits = 3,
                          .clock_jumps = 20},
               .clients = 16, .submission_entries = 4, .completion_entries = 4, .resets = true, .stalls = true,
               .slow_readers = true, .drains_on_the_way = true}}),
    [](const auto& plan) { return std::string(plan.param.name); });
// clang-format on

}  // namespace
}  // namespace duel::http::testing

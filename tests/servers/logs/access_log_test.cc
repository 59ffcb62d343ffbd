#include "servers/logs/access_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "http/start_error.h"
#include "servers/logs/access_line.h"
#include "tests/e2e/server_process.h"
#include "tests/temporary_directory.h"

namespace duel::servers::logs {
namespace {

using ::testing::MatchesRegex;
using ::testing::StartsWith;

class AccessLogTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.path() / "access.log"; }
  config::AccessLogOptions options(bool async) const {
    return {.on = true, .async = async, .file = path(), .queue_bytes = 64UL * 1024};
  }
  std::string written() const {
    std::ifstream file(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryDirectory directory_;
};

TEST_F(AccessLogTest, WritesASynchronousLineAtOnce) {
  AccessLog log(options(false));
  log.write("one\n");
  EXPECT_EQ(written(), "one\n");
  log.write("two\n");
  EXPECT_EQ(written(), "one\ntwo\n");
  EXPECT_EQ(log.dropped(), 0U);
}

TEST_F(AccessLogTest, WritesAsynchronousLinesAtTheEnd) {
  {
    AccessLog log(options(true));
    log.write("one\n");
    log.write("two\n");
  }
  EXPECT_EQ(written(), "one\ntwo\n");
}

TEST_F(AccessLogTest, WritesAnAsynchronousLineWithoutFurtherCalls) {
  AccessLog log(options(true));
  log.write("one\n");
  EXPECT_TRUE(e2e::eventually([&] { return written() == "one\n"; }));
}

TEST_F(AccessLogTest, AppendsToAnExistingFile) {
  AccessLog(options(false)).write("one\n");
  AccessLog(options(true)).write("two\n");
  EXPECT_EQ(written(), "one\ntwo\n");
}

// With a full pipe, workers do not wait; lines that do not fit are dropped and counted.
TEST_F(AccessLogTest, DropsLinesInsteadOfWaiting) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  const int reader = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  std::string line(99, 'x');
  line += '\n';
  constexpr uint64_t kLines = 10'000;  // far more than the pipe, the queue and the buffer of the thread can hold
  uint64_t dropped = 0;
  std::string received;
  {
    AccessLog log(options(true));
    for (uint64_t i = 0; i < kLines; ++i) log.write(line);
    dropped = log.dropped();
    EXPECT_GT(dropped, 0U);
    EXPECT_LT(dropped, kLines);
    // Now that the test reads, the rest is written.
    const auto drain = [&] {
      char bytes[4096];
      const ssize_t size = ::read(reader, bytes, sizeof bytes);
      if (size > 0) received.append(bytes, static_cast<size_t>(size));
    };
    EXPECT_TRUE(e2e::eventually([&] { return received.size() == (kLines - dropped) * line.size(); }, drain));
  }
  ::close(reader);
  EXPECT_EQ(static_cast<uint64_t>(std::count(received.begin(), received.end(), '\n')) + dropped, kLines);
}

TEST_F(AccessLogTest, CountsAndReportsLinesThatCannotBeWritten) {
  config::AccessLogOptions full = options(false);
  full.file = "/dev/full";
  AccessLog log(full);
  ::testing::internal::CaptureStderr();
  log.write("one\n");
  log.write("two\n");
  EXPECT_EQ(log.dropped(), 2U);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              StartsWith("server: the access log /dev/full cannot be written: No space left on device; a line was left "
                         "out; make room on its disk"));
}

// A full disk accepts only the start of a line. A limit on the size of files simulates the full disk.
TEST_F(AccessLogTest, StartsANewLineAfterACutLine) {
  for (const bool async : {false, true}) {
    std::ofstream(path(), std::ios::trunc);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit whole{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &whole), 0);
    AccessLog log(options(async));
    const rlimit seven{.rlim_cur = 7, .rlim_max = whole.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &seven), 0);
    log.write("one\n");
    log.write("second\n");
    EXPECT_TRUE(e2e::eventually([&] { return log.dropped() == 1; }));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &whole), 0);
    log.write("three\n");
    log.finish();
    EXPECT_EQ(written(), "one\nsec\nthree\n");
    EXPECT_EQ(log.dropped(), 1U);
  }
}

// The log waits for a reader that has stopped, until hurry(), give_up() or finish().
TEST_F(AccessLogTest, StopsWaitingWhenUrged) {
  for (const bool async : {false, true}) {
    for (const auto& urge : {&AccessLog::hurry, &AccessLog::give_up, &AccessLog::finish}) {
      if (!async && urge == &AccessLog::finish) continue;  // finish() must not run while a thread writes
      ::unlink(path().c_str());
      ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
      const int reader = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
      constexpr uint64_t kLines = 1'000;
      config::AccessLogOptions roomy = options(async);
      roomy.queue_bytes = 1U << 20;
      AccessLog log(roomy);
      std::thread writing([&] {
        for (uint64_t i = 0; i < kLines; ++i) log.write(std::string(99, 'x') + "\n");
      });
      if (async) writing.join();
      (log.*urge)();
      if (!async) writing.join();
      log.finish();
      std::string received(kLines * 100, '\0');
      received.resize(static_cast<size_t>(::read(reader, received.data(), received.size())));
      EXPECT_EQ(received.size() / 100 + log.dropped(), kLines);
      EXPECT_GT(log.dropped(), 0U);
      EXPECT_EQ(received.size() % 100, 0U) << "whole lines";
      ::close(reader);
    }
  }
}

TEST_F(AccessLogTest, KeepsLinesOfThreadsApart) {
  constexpr int kThreads = 4;
  constexpr int kLines = 2'000;
  for (const bool async : {false, true}) {
    std::ofstream(path(), std::ios::trunc);
    config::AccessLogOptions all = options(async);
    all.queue_bytes = 1U << 20;
    {
      AccessLog log(all);
      std::vector<std::thread> threads;
      for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&log, t] {
          for (int i = 0; i < kLines; ++i) log.write(std::string(20, static_cast<char>('a' + t)) + "\n");
        });
      }
      for (std::thread& thread : threads) thread.join();
      EXPECT_EQ(log.dropped(), 0U);
    }
    std::ifstream file(path());
    int lines = 0;
    for (std::string line; std::getline(file, line); ++lines) EXPECT_EQ(line, std::string(20, line[0]));
    EXPECT_EQ(lines, kThreads * kLines);
  }
}

TEST_F(AccessLogTest, ThrowsStartErrorIfItCannotBeOpened) {
  config::AccessLogOptions missing = options(false);
  missing.file = directory_.path() / "missing" / "log";
  EXPECT_THROW(AccessLog{missing}, http::StartError);
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_THROW(AccessLog{options(true)}, http::StartError) << "a pipe without a reader";
}

TEST(AccessLine, DescribesARequest) {
  http::Request request;
  request.target = "/ping?a=1";
  request.body = "four";
  AccessLine line;
  EXPECT_THAT(std::string(line.write(request, 200, std::chrono::microseconds(12))),
              MatchesRegex("- - - \\[[0-9][0-9]/[A-Z][a-z][a-z]/[0-9]+ [0-9:]+\\] \"GET /ping\\?a=1 HTTP/1.1 200 4\" "
                           "0.000012 - -\n"));
}

TEST(AccessLine, EscapesAndCutsTextsOfTheClient) {
  constexpr size_t kPipeBuf = 4096;
  http::Request request;
  const std::string target = "/\x1B[31m\"\\\n\xFF" + std::string(5'000, '\x01');
  request.target = target;
  request.method_name = target;
  AccessLine line;
  const std::string text(line.write(request, 200, {}));
  EXPECT_THAT(text, ::testing::HasSubstr("/\\x1b[31m\\x22\\x5c\\x0a\\xff\\x01"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_LT(text.size(), kPipeBuf);
}

}  // namespace
}  // namespace duel::servers::logs

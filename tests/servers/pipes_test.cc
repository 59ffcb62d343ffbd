#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/fixture.h"
#include "tests/e2e/server_process.h"
#include "tests/servers/run_server.h"

// A reader of the server's output may stop reading, or be absent. The server must still serve and end.
namespace duel::e2e {
namespace {

using ::testing::HasSubstr;

// A named pipe with a capacity of one page.
class Pipe {
 public:
  explicit Pipe(const std::filesystem::path& path) : path_(path) {
    constexpr int kPage = 4096;
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    reader_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    EXPECT_EQ(::fcntl(reader_, F_SETPIPE_SZ, kPage), kPage);
  }
  ~Pipe() { ::close(reader_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::string path() const { return path_; }
  int reader() const { return reader_; }

 private:
  std::filesystem::path path_;
  int reader_ = -1;
};

uint64_t dropped_at_the_end(const std::filesystem::path& stats) {
  std::ifstream file(stats);
  std::string last;
  for (std::string line; std::getline(file, line);) last = line;
  return nlohmann::json::parse(last).at("access_log_dropped");
}

// Parameters: --access-logs-async, and whether the log goes to a named pipe or to standard output.
class StoppedReader : public ::testing::TestWithParam<std::tuple<const char*, bool>> {};

TEST_P(StoppedReader, OfTheAccessLogDoesNotStopTheServerFromEnding) {
  const auto& [async, named] = GetParam();
  const TemporaryDirectory directory;
  const Pipe pipe(directory.path() / "log");
  const std::filesystem::path stats = directory.path() / "stats";
  std::vector<std::string> arguments = {"--access-logs=on", std::string("--access-logs-async=") + async,
                                        "--drain-timeout=600s", "--stats-file=" + stats.string()};
  if (named) arguments.push_back("--access-logs-file=" + pipe.path());
  ServerProcess server("gin", arguments);
  // More lines than standard output can hold. A synchronous log blocks in the middle of them.
  constexpr int kRequests = 2'000;
  Client client(server.port());
  EXPECT_EQ(client.get("/ping").body, "pong");
  std::string requests;
  for (int i = 0; i < kRequests; ++i) requests += get_request("/ping");
  client.send(requests);
  server.process().signal(SIGTERM);
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_GT(dropped_at_the_end(stats), 0U);
  EXPECT_THAT(server.process().standard_error(), HasSubstr("its reader is too slow"));
}

INSTANTIATE_TEST_SUITE_P(Log, StoppedReader, ::testing::Combine(::testing::Values("off", "on"), ::testing::Bool()));

// Stops one thread of the server, as if it waited for a disk or a lock for ever.
class StoppedThread {
 public:
  explicit StoppedThread(pid_t thread) : thread_(thread) {
    stopped_ = ::ptrace(PTRACE_SEIZE, thread, nullptr, nullptr) == 0 &&
               ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) == 0 &&
               ::waitpid(thread, nullptr, __WALL) == thread;
  }
  bool stopped() const { return stopped_; }
  bool ended() const { return ::waitpid(thread_, nullptr, __WALL | WNOHANG) == thread_; }

 private:
  pid_t thread_;
  bool stopped_;
};

pid_t worker_of(pid_t process) {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::string name;
    std::getline(std::ifstream(thread.path() / "comm"), name);
    if (name == "worker 0") return std::stoi(thread.path().filename());
  }
  return -1;
}

TEST(SecondSignal, EndsAServerWithABlockedThread) {
  ServerProcess server("gin", {"--drain-timeout=600s"});
  const StoppedThread worker(worker_of(server.pid()));
  if (!worker.stopped()) GTEST_SKIP() << "ptrace is not allowed";
  server.process().signal(SIGTERM);
  server.process().signal(SIGINT);
  EXPECT_TRUE(eventually([&] { return worker.ended(); }));
  EXPECT_EQ(server.process().wait(), 1);
  EXPECT_THAT(server.process().standard_error(), HasSubstr("ended by a second signal"));
}

TEST(StatsPipe, IsRefusedWithoutAReader) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  expect_refusal(run({"--port=0", "--admin-port=0", "--stats-file=" + path}), "start its reader first");
}

TEST(StatsPipe, LeavesOutLinesWhenItsReaderHasStopped) {
  const TemporaryDirectory directory;
  const Pipe pipe(directory.path() / "stats");
  ServerProcess server("gin", {"--stats-file=" + pipe.path()});
  std::string printed;
  ASSERT_TRUE(eventually([&] { return !(printed = server.process().standard_error()).empty(); },
                         [&] { server.process().signal(SIGUSR1); }));
  EXPECT_EQ(printed, "server: --stats-file " + pipe.path() +
                         " cannot be written: its reader is too slow; a line was left out\n");
  EXPECT_EQ(Client(server.port()).get("/ping").body, "pong");
  EXPECT_EQ(server.stop(), 0);
  std::string text(4096, '\0');
  text.resize(static_cast<size_t>(::read(pipe.reader(), text.data(), text.size())));
  EXPECT_TRUE(text.starts_with("{") && text.ends_with("}\n")) << "whole lines: " << text;
}

// Otherwise the next opened file would become standard output.
TEST(ClosedDescriptors, AreReplacedByDevNull) {
  const TemporaryDirectory directory;
  const std::filesystem::path log = directory.path() / "log";
  Process process({server_binary(), "--host=127.0.0.1", "--port=0", "--admin-port=0", "--no-config", "--access-logs=on",
                   "--access-logs-file=" + log.string(), "--static-dir=" + directory.path().string()},
                  [] { ::close_range(0, 2, 0); });
  const std::filesystem::path descriptors = "/proc/" + std::to_string(process.pid()) + "/fd";
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(log); }));  // by then the standard descriptors are open
  for (const char* standard : {"0", "1", "2"}) {
    EXPECT_EQ(std::filesystem::read_symlink(descriptors / standard), "/dev/null") << standard;
  }
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0);
}

}  // namespace
}  // namespace duel::e2e

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/server_process.h"

namespace duel::e2e {
namespace {

using ::testing::Contains;
using ::testing::Key;

std::vector<nlohmann::json> lines_of(const std::filesystem::path& path) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(StatsFile, HasALineAtTheEnd) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory.write("stats", "{\"earlier\":true}\n");
  for (const char* router : {"gin", "beego"}) {
    ServerProcess server(router, {"--stats-file=" + path.string()});
    EXPECT_EQ(Client(server.port()).get("/ping").status(), 200);
    EXPECT_EQ(server.stop(), 0);
  }
  const std::vector<nlohmann::json> lines = lines_of(path);
  ASSERT_EQ(lines.size(), 3U) << "appended to the existing line";
  EXPECT_EQ(lines[1].at("router"), "gin");
  EXPECT_EQ(lines[2].at("router"), "beego");
  for (size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].at("requests"), 1);
    EXPECT_EQ(lines[i].at("connections"), 1);
    EXPECT_TRUE(lines[i].at("allocations").is_null()) << "not counted without --count-allocations";
  }
}

TEST(StatsFile, AFailedWriteIsReported) {
  for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--stats-interval=1h"}}) {
    std::vector<std::string> arguments = {"--stats-file=/dev/full"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    ServerProcess server("gin", arguments);
    EXPECT_EQ(server.stop(), 0);
    EXPECT_EQ(server.process().standard_error(),
              "server: --stats-file /dev/full cannot be written: No space left on device; a line was left out; make "
              "room on its disk\n");
  }
}

TEST(StatsFile, HasALineForEachSignal) {
  ServerProcess server("gin");
  Client client(server.port());
  for (uint64_t i = 1; i <= 5; ++i) {
    EXPECT_EQ(client.get("/ping").status(), 200);
    EXPECT_EQ(server.snapshot().at("requests"), i);
  }
  EXPECT_EQ(server.stop(), 0);
}

TEST(StatsFile, HasTheNumbersThatTheHarnessReads) {
  ServerProcess server("gin", {"--threads=3"});
  const Snapshot numbers = server.snapshot();
  for (const char* name :
       {"requests", "connections", "responses_4xx", "responses_5xx", "bytes_received", "bytes_sent", "ring_enters",
        "no_buffers", "allocated_bytes", "purge_passes", "purge_calls", "purged_pages", "minor_faults", "cpu_user_us",
        "cpu_system_us", "rss_bytes", "peak_rss_bytes", "anonymous_bytes", "access_log_dropped"}) {
    EXPECT_THAT(numbers, Contains(Key(name)));
  }
  EXPECT_EQ(numbers.at("threads"), 3U);
  EXPECT_GT(numbers.at("rss_bytes"), 0U);
  EXPECT_EQ(server.stop(), 0);
}

TEST(StatsFile, AFullDiskDoesNotStopTheServer) {
  ServerProcess server("gin", {"--stats-file=/dev/full"});
  server.process().signal(SIGUSR1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Client(server.port()).get("/ping").body, "pong");
  EXPECT_EQ(server.stop(), 0);
}

TEST(StatsFile, APipeWithoutAReaderDoesNotEndTheServer) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  ServerProcess server("gin", {"--stats-file=" + path.string()});
  ::close(reader);
  server.process().signal(SIGUSR1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Client(server.port()).get("/ping").body, "pong");
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace duel::e2e

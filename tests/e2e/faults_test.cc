#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"

// Faults of the machine: files that disappear, and memory that runs out.
namespace duel::e2e {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHundredMegabytes = 100U << 20U;

class Files : public EndToEnd {
 protected:
  void SetUp() override { start({"--static-dir=" + root().string()}); }

  fs::path root() const { return directory_.path(); }

  // A client that has requested the file and received its first bytes. The test reads the rest later.
  Client reader_of(const std::string& name) const {
    Client client(port(), {.source = 1, .receive_buffer = 4'096});
    client.send(get_request("/static/" + name));
    EXPECT_TRUE(client.receive_piece());
    EXPECT_TRUE(client.pending().starts_with("HTTP/1.1 200 "));
    return client;
  }

  TemporaryDirectory directory_;
};

TEST_P(Files, ThatVanishWhileTheyAreSentAreSentToTheEnd) {
  const std::string content(8U << 20U, 'v');
  const fs::path file = directory_.write("file", content);
  Client client = reader_of("file");
  fs::remove(file);
  EXPECT_TRUE(client.receive().body == content);
  EXPECT_EQ(client.get("/static/file").status(), 404);
}

// The Content-Length has been sent already, so the server must end the connection to show that the body is truncated.
TEST_P(Files, ThatShrinkWhileTheyAreSentAreTruncated) {
  const fs::path file = directory_.write("file", std::string(64U << 20U, 's'));
  Client client = reader_of("file");
  fs::resize_file(file, 1'000);
  EXPECT_NE(client.wait_for_end(), Ending::kStillOpen);
  EXPECT_LT(client.pending().size(), 64U << 20U);
  EXPECT_EQ(Client(port()).get("/static/file").body.size(), 1'000U);
}

TEST_P(Files, ThatGrowWhileTheyAreSentAreSentAsTheyWere) {
  const std::string content(8U << 20U, 'g');
  const fs::path file = directory_.write("file", content);
  Client client = reader_of("file");
  std::ofstream(file, std::ios::app) << std::string(1'000'000, 'x');
  EXPECT_TRUE(client.receive().body == content);
  EXPECT_EQ(client.get("/ping").body, "pong") << "no extra bytes were sent";
}

TEST_P(Files, OfAFolderThatIsGoneAreNotFound) {
  directory_.write("folder/file", "here");
  Client client(port());
  EXPECT_EQ(client.get("/static/folder/file").body, "here");
  fs::remove_all(root() / "folder");
  EXPECT_EQ(client.get("/static/folder/file").status(), 404);
  fs::remove_all(root());
  EXPECT_EQ(client.get("/static/folder/file").status(), 404);
  EXPECT_EQ(client.get("/ping").body, "pong");
}

// Twenty clients read a file of 100 MB very slowly: the server needs the memory of one piece per client.
TEST_P(Files, OfAHundredMegabytesNeedOnePiecePerSlowReader) {
  fs::resize_file(directory_.write("file", ""), kHundredMegabytes);
  synchronise();
  const uint64_t before = server().status("VmRSS");
  std::vector<Client> slow;
  for (int i = 0; i < 20; ++i) slow.push_back(reader_of("file"));
  for (int i = 0; i < 100; ++i) synchronise();
  if (!kSanitized) {
    EXPECT_LT(server().status("VmRSS") - before, 20U * 256) << "KiB";
  }
  EXPECT_EQ(slow.front().receive().body.size(), kHundredMegabytes);
}

DUEL_BOTH_ROUTERS(Files);

class OutOfMemory : public EndToEnd {};

void limit_address_space(pid_t pid, uint64_t bytes) {
  const rlimit limit{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
  ASSERT_EQ(::prlimit(pid, RLIMIT_AS, &limit, nullptr), 0);
}

// A connection that needs more memory than is left is closed. Other clients are served, and when memory is available
// again, all clients are.
TEST_P(OutOfMemory, ClosesTheConnectionThatNeedsMemory) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer's allocator ends the process instead";
  start({"--max-body=200M"});
  constexpr size_t kLarge = 50U << 20U;
  const std::string large = post_request("/echo", std::string(kLarge, 'm'));
  Client bystander(port());
  ASSERT_EQ(bystander.get("/ping").body, "pong");
  limit_address_space(server().pid(), server().status("VmSize") * 1024 + (16U << 20U));
  for (int i = 0; i < 3; ++i) {
    Client client(port());
    EXPECT_ANY_THROW(client.roundtrip(large));
    EXPECT_EQ(bystander.get("/ping").body, "pong");
  }
  limit_address_space(server().pid(), RLIM_INFINITY);
  EXPECT_EQ(Client(port()).roundtrip(large).body.size(), kLarge);
  EXPECT_EQ(bystander.get("/ping").body, "pong");
}

// A cgroup with a memory limit. Not usable if this machine does not allow the test to create it.
class MemoryGroup {
 public:
  explicit MemoryGroup(uint64_t bytes) {
    for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/memory"}) {
      folder_ = fs::path(root) / ("duel-e2e-" + std::to_string(::getpid()));
      std::error_code refused;
      if (!fs::create_directory(folder_, refused)) continue;
      for (const char* name : {"memory.max", "memory.limit_in_bytes"}) {
        if (fs::exists(folder_ / name) && std::ofstream(folder_ / name) << bytes << std::flush) usable_ = true;
      }
      if (usable_) return;
      fs::remove(folder_, refused);
    }
  }
  ~MemoryGroup() {
    if (usable_) ::rmdir(folder_.c_str());
  }
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  bool usable() const { return usable_; }
  fs::path members() const { return folder_ / "cgroup.procs"; }

 private:
  fs::path folder_;
  bool usable_ = false;
};

// With these limits, the memory bound in SECURITY.md is below the memory of the group. The clients make the server use
// as much memory as possible, and the kernel must not kill it.
TEST_P(OutOfMemory, DoesNotHappenWithinTheBound) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer has its own memory";
  constexpr uint64_t kGroupBytes = 64U << 20U;
  constexpr int kConnections = 100;
  const MemoryGroup group(kGroupBytes);
  if (!group.usable()) GTEST_SKIP() << "no memory cgroup can be made here";
  TemporaryDirectory directory;
  fs::resize_file(directory.write("file", ""), kHundredMegabytes);
  // One worker handles its events in order. With several workers, one could refuse a new client before another has
  // closed the connections of the previous clients.
  start({"--threads=1", "--max-connections=" + std::to_string(kConnections), "--max-body=64K", "--write-timeout=600s",
         "--body-timeout=600s", "--static-dir=" + directory.path().string()});
  std::ofstream(group.members()) << server().pid() << std::flush;
  const std::string body = post_request("/echo", std::string(60'000, 'b'));
  std::vector<Client> clients;
  for (int i = 0; i < kConnections - 1; ++i) {
    Client& client = clients.emplace_back(port(), Client::Options{.source = 1, .receive_buffer = 4'096});
    if (i % 3 == 0) client.send(get_request("/static/file"));
    if (i % 3 == 1) client.send(body.substr(0, body.size() - 1));
    if (i % 3 == 2) client.send_until_blocked(body + body + body + body, std::chrono::milliseconds(20));
  }
  synchronise();
  EXPECT_LT(server().status("VmHWM") * 1024, kGroupBytes);
  for (Client& client : clients) client.reset();
  clients.clear();
  EXPECT_TRUE(eventually([&] { return Client(port()).get("/ping").status() == 200; }));
  EXPECT_EQ(server().stop(), 0);
}

DUEL_BOTH_ROUTERS(OutOfMemory);

}  // namespace
}  // namespace duel::e2e

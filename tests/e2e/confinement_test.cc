#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"
#include "tests/e2e/seccomp_profile.h"
#include "tests/servers/run_server.h"

// The server under the system-call filter docker/seccomp.json, and as a user without privileges.
namespace duel::e2e {
namespace {

constexpr uid_t kNobody = 65534;

// A user without other processes. The kernel counts threads and locked memory per user, so tests that run at the same
// time must not share one.
uid_t nobody_else() {
  constexpr uid_t kFirst = 20'000;
  constexpr uid_t kUsers = 40'000;
  return kFirst + static_cast<uid_t>(::getpid()) % kUsers;
}

class UnderTheProfile : public EndToEnd {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "sanitizers need more of the kernel than the server does";
  }
};

TEST_P(UnderTheProfile, EverythingIsServed) {
  const SeccompProfile profile(DUEL_SECCOMP_PROFILE);
  TemporaryDirectory directory;
  directory.write("file", std::string(300'000, 'f'));
  start({"--threads=4", "--static-dir=" + directory.path().string(), "--db=" + (directory.path() / "users.db").string(),
         "--session-provider=sqlite", "--access-logs=on",
         "--access-logs-file=" + (directory.path() / "access.log").string(), "--gzip=on"},
        [&profile] { profile.load(); });
  Client client(port());
  EXPECT_EQ(client.get("/ping").body, "pong");
  EXPECT_EQ(client.get("/static/file").body.size(), 300'000U);
  EXPECT_EQ(client.get("/static/none").status(), 404);
  EXPECT_EQ(client.get("/sql/user/7").status(), 200);
  EXPECT_EQ(client.get("/list/500", "Accept-Encoding: gzip\r\n").field("Content-Encoding"), "gzip");
  EXPECT_EQ(client.roundtrip(post_request("/echo", std::string(900'000, 'e'))).body.size(), 900'000U);
  if (GetParam() == "beego") {
    EXPECT_EQ(client.get("/orm/user/7").status(), 200);
    EXPECT_EQ(client.get("/session").status(), 200);
  }
  EXPECT_GT(server().snapshot().at("requests"), 5U);
  const std::string request = post_request("/echo", "in flight");
  client.send(request.substr(0, request.size() - 2));
  server().process().signal(SIGTERM);
  client.send(request.substr(request.size() - 2));
  EXPECT_EQ(client.receive().body, "in flight");
  client.close();
  EXPECT_EQ(server().process().wait(), 0) << server().process().standard_error();
}

DUEL_BOTH_ROUTERS(UnderTheProfile);

constexpr const char* kAllow = "allow io_uring_setup, io_uring_enter and io_uring_register";

class WithoutIoUring : public ::testing::Test {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "sanitizers need more of the kernel than the server does";
  }

  // The start when this system call fails with this error.
  static Ended start(
      const std::string& call, int error, const std::function<void()>& in_child = [] {}) {
    const SeccompProfile profile(call, error);
    return run({"--host=127.0.0.1", "--port=0", "--admin-port=0", "--no-config", "--threads=1"}, [&] {
      in_child();
      profile.load();
    });
  }
};

// An engine's profile forbids all three calls, and a profile made by hand may have forgotten one of them.
TEST_F(WithoutIoUring, ASeccompProfileIsNamed) {
  for (const char* call : {"io_uring_setup", "io_uring_enter", "io_uring_register"}) {
    const Ended ended = start(call, EPERM);
    expect_refusal(ended, "a seccomp profile forbids io_uring");
    expect_refusal(ended, kAllow);
  }
}

TEST_F(WithoutIoUring, ASeccompProfileThatHidesItIsNamed) {
  const Ended ended = start("io_uring_setup", ENOSYS);
  expect_refusal(ended, "a seccomp profile hides io_uring, which Linux ");
  expect_refusal(ended, kAllow);
}

// With this personality uname(2) tells version 2.6.
TEST_F(WithoutIoUring, AKernelWithoutItIsNamed) {
  const auto look_old = [] { ::personality(UNAME26); };
  expect_refusal(start("io_uring_setup", ENOSYS, look_old), "Linux 2.6.");
  expect_refusal(start("io_uring_setup", ENOSYS, look_old), "has no io_uring: Linux 6.1 or later is needed");
}

TEST_F(WithoutIoUring, AnOldKernelIsNamed) {
  expect_refusal(start("io_uring_setup", EINVAL), "too old");
  expect_refusal(start("io_uring_register", EINVAL), "too old");
}

TEST_F(WithoutIoUring, TheLimitOfDescriptorsIsNamed) {
  expect_refusal(start("io_uring_setup", EMFILE), "ulimit -n");
}

// A kernel that does not count the memory of rings, or a program with CAP_IPC_LOCK, starts with any limit.
TEST_F(WithoutIoUring, TheLimitOfLockedMemoryIsNamed) {
  expect_refusal(start("io_uring_setup", ENOMEM), "ulimit -l");
  expect_refusal(start("io_uring_register", ENOMEM), "ulimit -l");
}

// In a mount namespace of its own, a file with this value hides the sysctl.
std::function<void()> with_sysctl(const std::string& file) {
  return [file] {
    if (::unshare(CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount(file.c_str(), "/proc/sys/kernel/io_uring_disabled", nullptr, MS_BIND, nullptr) != 0) {
      ::_exit(126);
    }
  };
}

TEST_F(WithoutIoUring, TheSysctlIsNamed) {
  if (::access("/proc/sys/kernel/io_uring_disabled", F_OK) != 0) GTEST_SKIP() << "the sysctl exists since Linux 6.6";
  TemporaryDirectory directory;
  directory.write("1", "1\n");
  directory.write("2", "2\n");
  const std::string folder = directory.path().string() + "/";
  if (run({"--version"}, with_sysctl(folder + "1")).status != 0)
    GTEST_SKIP() << "this user cannot have a mount namespace";
  expect_refusal(start("io_uring_setup", EPERM, with_sysctl(folder + "1")), "kernel.io_uring_group");
  expect_refusal(start("io_uring_setup", EPERM, with_sysctl(folder + "2")),
                 "every program by kernel.io_uring_disabled=2");
}

// In a mount namespace of its own, an empty file system hides /proc. For users without privileges, the kernel needs a
// user namespace as well.
void hide_proc() {
  if (::unshare(CLONE_NEWNS | (::geteuid() == 0 ? 0 : CLONE_NEWUSER)) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("none", "/proc", "tmpfs", 0, nullptr) != 0) {
    ::_exit(126);
  }
}

TEST(Confinement, WithoutProcTheServerServesAndProfilesAreRefusedWithAReason) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need /proc";
  if (run({"--version"}, hide_proc).status != 0) GTEST_SKIP() << "this user cannot have a mount namespace";
  std::vector<std::string> flags = {"--host=127.0.0.1", "--port=0", "--admin-port=any", "--no-config"};
  std::vector<std::string> command = {server_binary()};
  command.insert(command.end(), flags.begin(), flags.end());
  flags.emplace_back("--heap-profile=on");
  expect_refusal(run(flags, hide_proc), "mount /proc");

  Process process(command, hide_proc);
  const std::string line = process.read_line();
  ASSERT_NE(port_after(kAdminUrl, line), 0) << line;
  Client client(port_after(kServerUrl, line));
  EXPECT_EQ(client.get("/ping").body, "pong");
  client.close();
  Client admin(port_after(kAdminUrl, line));
  const Reply refusal =
      admin.roundtrip("GET /debug/pprof/profile?seconds=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(refusal.status(), 503);
  EXPECT_THAT(refusal.body, ::testing::HasSubstr("mount /proc"));
  admin.close();
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.standard_error();
}

void become(uid_t user) {
  if (::setgid(user) != 0 || ::setuid(user) != 0) ::_exit(126);
}

void become_nobody() {
  become(kNobody);
}

// Runs the server as another user. Skips the test if that user cannot enter the build folder.
class AsNobody : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "this user cannot become another one; every other test shows it already";
    if (run({"--version"}, become_nobody).status != 0) GTEST_SKIP() << "the build folder is closed to others";
  }
};

TEST_F(AsNobody, ItServes) {
  Process process({server_binary(), "--host=127.0.0.1", "--port=0", "--admin-port=0", "--no-config", "--static-dir=/"},
                  become_nobody);
  const std::string line = process.read_line();
  const uint16_t port = port_after(kServerUrl, line);
  ASSERT_NE(port, 0) << line;
  Client client(port);
  EXPECT_EQ(client.get("/ping").body, "pong");
  client.close();
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.standard_error();
}

// The kernel of a client whose first packet is dropped sends it again after a second. Then the port is closed. There is
// one worker, because each worker closes its own listener when it notices the signal.
TEST_F(AsNobody, AServerThatEndsDropsNewHandshakes) {
  Process process({server_binary(), "--host=127.0.0.1", "--port=0", "--admin-port=0", "--no-config", "--static-dir=/",
                   "--threads=1"},
                  become_nobody);
  const uint16_t port = port_after(kServerUrl, process.read_line());
  Client client(port);
  process.signal(SIGTERM);
  while (client.get("/ping").field("Connection") != "close") {
  }
  EXPECT_FALSE(Client::try_connect(port));
  client.close();
  EXPECT_EQ(process.wait(), 0) << process.standard_error();
}

TEST_F(AsNobody, APrivilegedPortIsRefused) {
  int first = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first;
  if (first <= 81) GTEST_SKIP() << "ports from " << first << " need no privilege here";
  expect_refusal(run({"--port=81", "--no-config"}, become_nobody), "privileged: choose port 1024 or higher");
}

// Whether the program printed its first line. It did not start if it ended without one.
bool starts(Process& process) {
  try {
    process.read_line();
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

// Depending on the kernel, each limit makes a different part of a ring fail, or none.
TEST_F(AsNobody, WithTooLittleLockableMemoryTheStartFailsWithAReason) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need more memory";
  const uid_t user = nobody_else();
  for (rlim_t most = 0; most <= 128'000; most += 32'000) {
    const rlimit limit{.rlim_cur = most, .rlim_max = most};
    Process process({server_binary(), "--host=127.0.0.1", "--port=0", "--admin-port=0", "--no-config", "--static-dir=/",
                     "--threads=2"},
                    [&] {
                      ::setrlimit(RLIMIT_MEMLOCK, &limit);
                      become(user);
                    });
    if (starts(process)) {
      process.signal(SIGTERM);
      process.wait();
      GTEST_SKIP() << "this kernel does not count the memory of rings";
    }
    const int status = process.wait();
    expect_refusal({.status = status, .output = process.standard_output(), .error = process.standard_error()},
                   "ulimit -l");
  }
}

// Each limit makes the creation of a different thread fail, so some workers may already run at that time.
TEST_F(AsNobody, WithTooFewThreadsTheStartFailsWithAReason) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need threads of their own";
  const uid_t user = nobody_else();
  for (rlim_t most = 1; most <= 12; ++most) {
    const rlimit limit{.rlim_cur = most, .rlim_max = most};
    const auto confine = [&] {
      ::setrlimit(RLIMIT_NPROC, &limit);
      become(user);
    };
    expect_refusal(run({"--host=127.0.0.1", "--port=0", "--admin-port=any", "--no-config", "--static-dir=/",
                        "--threads=16", "--access-logs=on", "--access-logs-async=on"},
                       confine),
                   "ulimit -u");
  }
}

}  // namespace
}  // namespace duel::e2e

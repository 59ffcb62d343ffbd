#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"
#include "tests/servers/run_server.h"

// The server under the system-call filter docker/seccomp.json, and as a user without privileges.
namespace duel::e2e {
namespace {

constexpr uid_t kNobody = 65534;
constexpr uid_t kNobodyElse = 64321;  // a user without other processes

// The profile as the kernel loads it. Built before fork(), because the child may only load it.
class Profile {
 public:
  // `without`: system calls whose names begin with this are not allowed.
  explicit Profile(const std::string& without = "(nothing)") {
    const auto document = nlohmann::json::parse(std::ifstream(DUEL_SECCOMP_PROFILE));
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    for (const auto& rule : document.at("syscalls")) {
      for (const auto& name : rule.at("names").get<std::vector<std::string>>()) {
        const int number = seccomp_syscall_resolve_name(name.c_str());
        if (number == __NR_SCMP_ERROR) throw std::runtime_error("no such system call: " + name);
        if (!name.starts_with(without) && seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) != 0) {
          throw std::runtime_error("not allowed: " + name);
        }
      }
    }
    const int file = ::memfd_create("profile", MFD_CLOEXEC);
    if (seccomp_export_bpf(filter, file) != 0) throw std::runtime_error("the profile cannot be translated");
    code_.resize(static_cast<size_t>(::lseek(file, 0, SEEK_END)) / sizeof(sock_filter));
    if (::pread(file, code_.data(), code_.size() * sizeof(sock_filter), 0) < 0) throw std::runtime_error("pread");
    ::close(file);
    seccomp_release(filter);
  }

  void load() const {
    const sock_fprog program{.len = static_cast<unsigned short>(code_.size()),
                             .filter = const_cast<sock_filter*>(code_.data())};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) ::_exit(126);
  }

 private:
  std::vector<sock_filter> code_;
};

class UnderTheProfile : public EndToEnd {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "sanitizers need more of the kernel than the server does";
  }
};

TEST_P(UnderTheProfile, EverythingIsServed) {
  const Profile profile;
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

TEST(Confinement, WithoutIoUringTheStartFailsWithAReason) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need more of the kernel than the server does";
  const Profile profile("io_uring");
  const Ended ended = run({"--port=0"}, [&profile] { profile.load(); });
  expect_refusal(ended, "io_uring_setup, io_uring_enter and io_uring_register");
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
  EXPECT_EQ(refusal.status(), 500);
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

TEST_F(AsNobody, APrivilegedPortIsRefused) {
  int first = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first;
  if (first <= 81) GTEST_SKIP() << "ports from " << first << " need no privilege here";
  expect_refusal(run({"--port=81", "--no-config"}, become_nobody), "privileged: choose port 1024 or higher");
}

// Each limit makes the creation of a different thread fail, so some workers may already run at that time.
TEST_F(AsNobody, WithTooFewThreadsTheStartFailsWithAReason) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need threads of their own";
  for (rlim_t most = 1; most <= 12; ++most) {
    const rlimit limit{.rlim_cur = most, .rlim_max = most};
    const auto confine = [&limit] {
      ::setrlimit(RLIMIT_NPROC, &limit);
      become(kNobodyElse);
    };
    expect_refusal(run({"--host=127.0.0.1", "--port=0", "--admin-port=any", "--no-config", "--static-dir=/",
                        "--threads=16", "--access-logs=on", "--access-logs-async=on"},
                       confine),
                   "ulimit -u");
  }
}

}  // namespace
}  // namespace duel::e2e

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/failing_calls.h"
#include "tests/e2e/fixture.h"
#include "tests/e2e/server_process.h"
#include "tests/servers/run_server.h"

// After a mistake on the command line, or on an unsuitable machine, the program prints one sentence with the cause and
// the cure.
namespace duel::e2e {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Operator, GetsHelp) {
  for (const char* flag : {"--help", "-h"}) {
    const Ended ended = run({flag});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.error, "");
    for (const char* known : {"--router",
                              "--host",
                              "--port",
                              "--threads",
                              "--pool",
                              "--beego-context",
                              "--max-body",
                              "--header-timeout",
                              "--body-timeout",
                              "--idle-timeout",
                              "--write-timeout",
                              "--min-write-rate",
                              "--drain-timeout",
                              "--max-connections",
                              "--static-dir",
                              "--stats-file",
                              "--count-allocations",
                              "--config",
                              "--no-config",
                              "--print-config",
                              "--runmode",
                              "--help",
                              "--version",
                              "gin",
                              "beego",
                              "8080"}) {
      EXPECT_THAT(ended.output, HasSubstr(known));
    }
  }
}

TEST(Operator, GetsTheVersion) {
  const Ended ended = run({"--version"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, ContainsRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_EQ(std::count(ended.output.begin(), ended.output.end(), '\n'), 1);
}

TEST(Operator, IsToldOfAnUnknownFlag) {
  expect_refusal(run({"--nonsense"}), "--nonsense");
  expect_refusal(run({"--port=8080", "--treads=4"}), "--treads");
  expect_refusal(run({"gin"}), "gin");
}

struct Value {
  const char* flag;
  const char* value;
};

class OperatorValue : public ::testing::TestWithParam<Value> {};

TEST_P(OperatorValue, IsRefused) {
  const Ended ended = run({std::string(GetParam().flag) + "=" + GetParam().value});
  expect_refusal(ended, GetParam().flag);
  EXPECT_THAT(ended.error, HasSubstr(GetParam().value));
}

INSTANTIATE_TEST_SUITE_P(
    Flags, OperatorValue,
    ::testing::Values(Value{"--router", "rails"}, Value{"--port", "65536"}, Value{"--port", "-1"},
                      Value{"--port", "http"}, Value{"--port", "80x"}, Value{"--threads", "0"},
                      Value{"--threads", "-1"}, Value{"--threads", "many"}, Value{"--threads", "100000"},
                      Value{"--pool", "maybe"}, Value{"--beego-context", "on"}, Value{"--max-connections", "0"},
                      Value{"--max-connections", "-5"}, Value{"--max-body", "big"}, Value{"--max-body", "-1"},
                      Value{"--max-body", "5G"}, Value{"--max-body", "1Q"}, Value{"--header-timeout", "soon"},
                      Value{"--header-timeout", "-1s"}, Value{"--body-timeout", "0"},
                      Value{"--idle-timeout", "5 parsecs"}, Value{"--write-timeout", "nan"},
                      Value{"--min-write-rate", "-1"}, Value{"--min-write-rate", "2g"}, Value{"--drain-timeout", "inf"},
                      Value{"--drain-timeout", "99999h"}, Value{"--count-allocations", "some"}));

TEST(Operator, IsToldOfABadAddress) {
  for (const char* host : {"nowhere", "256.1.1.1", "1.2.3", "::g", "127.0.0.1:80"}) {
    expect_refusal(run({"--host=" + std::string(host), "--port=0"}), "numeric");
  }
  expect_refusal(run({"--host=", "--port=0"}), "--host has no value");
}

TEST(Operator, IsToldOfAnAddressOfAnotherMachine) {
  expect_refusal(run({"--host=192.0.2.1", "--port=0"}), "192.0.2.1");  // TEST-NET-1, RFC 5737
  expect_refusal(run({"--host=192.0.2.1", "--port=0"}), "--host");
}

TEST(Operator, IsToldOfAPortInUse) {
  ServerProcess first("gin", {"--threads=2"});
  const std::string port = std::to_string(first.port());
  for (const char* threads : {"--threads=1", "--threads=4"}) {
    const Ended second = run({"--host=127.0.0.1", "--port=" + port, threads});
    expect_refusal(second, port);
    EXPECT_THAT(second.error, HasSubstr("in use"));
    EXPECT_THAT(second.error, HasSubstr("--port")) << "the cure";
  }
  EXPECT_EQ(Client(first.port()).get("/ping").body, "pong");
  EXPECT_EQ(first.stop(), 0);
}

TEST(Operator, IsToldOfAMissingDirectory) {
  const TemporaryDirectory directory;
  const std::string file = directory.write("file", "").string();
  const std::string missing = (directory.path() / "missing").string();
  expect_refusal(run({"--port=0", "--static-dir=" + missing}), missing);
  expect_refusal(run({"--port=0", "--static-dir=" + file}), file);
  expect_refusal(run({"--port=0", "--static-dir=" + file}), "--static-dir");
}

TEST(Operator, IsToldOfAMissingDirectoryOfTheStatsFile) {
  const TemporaryDirectory directory;
  const std::string missing = (directory.path() / "missing" / "stats").string();
  expect_refusal(run({"--port=0", "--stats-file=" + missing}), missing);
}

// Makes the system calls of io_uring fail, such as under an old kernel or the default profile of a container.
template <int kError>
void forbid_io_uring() {
  let_calls_fail(SYS_io_uring_setup, SYS_io_uring_register, kError);
}

TEST(Operator, IsToldOfMissingIoUring) {
  for (const char* threads : {"--threads=1", "--threads=4"}) {
    for (const auto& forbid : {forbid_io_uring<EPERM>, forbid_io_uring<ENOSYS>}) {
      const Ended ended = run({"--host=127.0.0.1", "--port=0", threads}, forbid);
      expect_refusal(ended, "io_uring");
      EXPECT_THAT(ended.error, HasSubstr("seccomp")) << "the cause";
      EXPECT_THAT(ended.error, ContainsRegex("allow|needed")) << "the cure";
    }
  }
}

TEST(Operator, IsToldOfTooFewDescriptors) {
  if (kSanitized) GTEST_SKIP() << "UBSan checks memory through a pipe and reports an error if it cannot open one";
  const auto leave_some = [] {
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);  // the descriptors that this test has inherited
    constexpr rlim_t kTooFew = 6;
    const rlimit limit{.rlim_cur = kTooFew, .rlim_max = kTooFew};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  };
  expect_refusal(run({"--host=127.0.0.1", "--port=0", "--threads=4"}, leave_some), "ulimit -n");
}

TEST(Operator, IsToldOfTooLittleMemory) {
  if (kSanitized) GTEST_SKIP() << "AddressSanitizer and ThreadSanitizer reserve more memory than any limit allows";
  // The stack of a thread is as large as RLIMIT_STACK, so no thread can start, but the main thread has enough memory.
  const auto leave_some = [] {
    constexpr rlim_t kMemory = rlim_t{512} << 20;
    const rlimit memory{.rlim_cur = kMemory, .rlim_max = kMemory};
    rlimit stack = {};
    ::getrlimit(RLIMIT_STACK, &stack);
    stack.rlim_cur = std::min(2 * kMemory, stack.rlim_max);
    ::setrlimit(RLIMIT_STACK, &stack);
    ::setrlimit(RLIMIT_AS, &memory);
  };
  expect_refusal(run({"--host=127.0.0.1", "--port=0", "--no-config"}, leave_some), "ulimit -v");
}

TEST(Operator, CanListenOnIpv6) {
  ServerProcess server("gin", {"--host=::1"});
  EXPECT_TRUE(server.ready_line().starts_with("listening on http://[::1]:")) << server.ready_line();
  EXPECT_EQ(server.stop(), 0);
}

TEST(Operator, SeesOneSpellingPerAddress) {
  struct Case {
    const char* host;
    const char* shown;
  };
  for (const Case& one : {Case{"::FFFF:127.0.0.1", "http://127.0.0.1:"}, Case{"0:0:0:0:0:0:0:1", "http://[::1]:"}}) {
    ServerProcess server(
        "gin", {std::string("--host=") + one.host, std::string("--admin-host=") + one.host, "--admin-port=any"});
    EXPECT_TRUE(server.ready_line().starts_with("listening on " + std::string(one.shown))) << server.ready_line();
    EXPECT_THAT(server.ready_line(), HasSubstr("admin=" + std::string(one.shown)));
    EXPECT_EQ(server.stop(), 0);
    EXPECT_THAT(run({"--print-config", std::string("--host=") + one.host}).output, Not(HasSubstr(one.host)));
  }
}

TEST(Operator, IsToldHowToNameALinkLocalAddress) {
  expect_refusal(run({"--host=fe80::1", "--port=0"}), "such as fe80::1%eth0 (--host)");
  expect_refusal(run({"--host=fe80::1%none", "--port=0"}), "name a network interface of this machine (--host)");
  expect_refusal(run({"--host=127.0.0.1%lo", "--port=0"}), "expected a numeric IPv4 or IPv6 address");
  expect_refusal(run({"--host=ff02::1", "--port=0"}), "use an address of this machine");
}

TEST(Operator, CanGiveTimesAndSizesWithUnits) {
  ServerProcess server("gin", {"--header-timeout=1.5s", "--body-timeout=250ms", "--idle-timeout=2m",
                               "--write-timeout=1h", "--drain-timeout=1", "--max-body=2k"});
  Client client(server.port());
  EXPECT_EQ(client.roundtrip(post_request("/echo", std::string(2'048, 'x'))).status(), 200);
  EXPECT_EQ(client.roundtrip(post_request("/echo", std::string(2'049, 'x'))).status(), 413);
  EXPECT_EQ(server.stop(), 0);
}

TEST(Operator, CanChooseWhereContextsComeFrom) {
  struct Choice {
    const char* router;
    const char* flag;
    const char* printed;
  };
  for (const Choice& choice :
       {Choice{"gin", "--pool=off", "pool=off"}, Choice{"gin", "--beego-context=fresh", "pool=on"},
        Choice{"beego", "--beego-context=pooled", "pool=on"}, Choice{"beego", "--beego-context=fresh", "pool=off"},
        Choice{"beego", "--pool=on", "pool=off"}, Choice{"nethttp", "--pool=on", "pool=off"},
        Choice{"nethttp", "--mux=1.22", "pool=off"}}) {
    ServerProcess server(choice.router, {choice.flag});
    EXPECT_THAT(server.ready_line(), HasSubstr(choice.printed)) << choice.flag;
    Client client(server.port());
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(client.get("/ping").body, "pong");
      EXPECT_EQ(client.get("/api/v1/user/" + std::to_string(i)).body, std::to_string(i));
    }
    client.close();
    EXPECT_EQ(server.stop(), 0);
  }
}

// The kernel chooses a worker for each connection, so every worker must be able to serve.
TEST(Operator, CanUseManyThreads) {
  ServerProcess server("gin", {"--threads=16"});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Client(server.port()).get("/ping").body, "pong");
  EXPECT_EQ(server.stop(), 0);
}

}  // namespace
}  // namespace duel::e2e

#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/alloc/profile/writer/decoded.h"
#include "tests/e2e/failing_calls.h"
#include "tests/e2e/fixture.h"

// Profiles of the real server, requested from the admin port.
namespace duel::e2e {
namespace {

using alloc::profile::writer::decode;
using alloc::profile::writer::Decoded;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class Profiles : public EndToEnd {
 protected:
  void begin(std::vector<std::string> arguments = {"--heap-profile=on"}, const std::function<void()>& in_child = {}) {
    arguments.emplace_back("--admin-port=any");
    start(arguments, in_child);
    admin_ = server().admin_port();
    ASSERT_NE(admin_, 0) << server().ready_line();
  }

  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "the sanitizer has its own malloc, which is not sampled";
  }

  // The admin port requires an address or localhost as Host.
  static std::string admin_request(const std::string& line, std::string_view body = {}) {
    return line + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
  }
  Reply ask(const std::string& path) const { return Client(admin_).roundtrip(admin_request("GET " + path)); }
  Reply post(const std::string& path, std::string_view body = {}) const {
    return Client(admin_).roundtrip(admin_request("POST " + path, body));
  }

  // Sends requests one after the other until `done`.
  void load(const std::string& path, const std::atomic<bool>& done) const {
    Client client(port());
    while (!done.load()) ASSERT_EQ(client.get(path).status(), 200);
  }

  Decoded cpu_under_load(const std::string& path, int seconds = 1) const {
    std::atomic<bool> done{false};
    std::thread busy([&] { load(path, done); });
    const Reply reply = ask("/debug/pprof/profile?seconds=" + std::to_string(seconds));
    done.store(true);
    busy.join();
    EXPECT_EQ(reply.status(), 200) << reply.body;
    return decode(reply.body);
  }

  uint16_t admin_ = 0;
};

TEST_P(Profiles, HeapNamesTheAllocatingFunctions) {
  begin({"--heap-profile=4k"});
  Client client(port());
  for (int i = 0; i < 300; ++i) client.get("/api/v1/user/7");
  const Reply reply = ask("/debug/pprof/heap");
  ASSERT_EQ(reply.status(), 200) << reply.body;
  EXPECT_EQ(reply.field("Content-Type"), "application/octet-stream");
  const Decoded heap = decode(reply.body);
  EXPECT_EQ(heap.default_type, "inuse_space");
  EXPECT_EQ(heap.period, 4096);
  EXPECT_GT(heap.total("inuse_space/bytes"), 0);
  ASSERT_FALSE(heap.mappings.empty());
  EXPECT_TRUE(heap.mappings[0].path.ends_with("/server")) << heap.mappings[0].path;
  EXPECT_GE(heap.mappings[0].build_id.size(), 16U);
  EXPECT_TRUE(heap.mappings[0].has_functions);
  for (const auto& sample : heap.samples) {
    ASSERT_FALSE(sample.functions.empty());
    EXPECT_THAT(sample.functions.front(), ::testing::Not(::testing::StartsWith("je_")));
    EXPECT_FALSE(sample.functions.front() == "malloc" || sample.functions.front() == "operator new");
  }
  const Decoded allocs = decode(ask("/debug/pprof/allocs").body);
  EXPECT_EQ(allocs.default_type, "alloc_space");
  const int64_t by_requests = allocs.total("alloc_space/bytes", "duel::http::core::Worker::on_receive");
  if (GetParam() == "beego") {
    EXPECT_GT(by_requests, 300 * 100) << "every request allocates";
    EXPECT_GT(allocs.total("alloc_objects/count", "duel::beego::"), 300);
  } else {
    EXPECT_LT(by_requests, 300 * 100) << "one-time allocations, and none per request";
  }
}

TEST_P(Profiles, HeapAsText) {
  begin({"--heap-profile=1k"});
  const Reply reply = ask("/debug/pprof/heap?debug=1");
  EXPECT_EQ(reply.status(), 200);
  EXPECT_THAT(reply.field("Content-Type"), HasSubstr("text/plain"));
  EXPECT_TRUE(reply.body.starts_with("heap profile: ")) << reply.body.substr(0, 100);
  EXPECT_THAT(reply.body, HasSubstr("@ heap/1024\n"));
  EXPECT_THAT(reply.body, HasSubstr("\tduel::http::core::Worker::run\t"));
}

TEST_P(Profiles, CpuNamesHandlersAndThreads) {
  begin();
  const Decoded cpu = cpu_under_load("/list/1000");
  EXPECT_EQ(cpu.period, 10'000'000);
  EXPECT_GE(cpu.duration_ns, 1'000'000'000);
  EXPECT_TRUE(cpu.comments.empty()) << cpu.comments[0];
  EXPECT_GT(cpu.total("samples/count", "duel::http::core::Worker::run"), 0);
  EXPECT_GT(cpu.total("samples/count", "duel::servers::demo::(anonymous namespace)::"), 0);
  for (const auto& sample : cpu.samples) {
    EXPECT_FALSE(sample.functions.empty());
    EXPECT_TRUE(sample.labels.contains("thread"));
  }
}

// The first rows of `go tool pprof -top`. The load needs much CPU time in the handler; for a short answer, the kernel
// would use nearly all of it.
TEST_P(Profiles, TheFirstTenRowsNameTheStyle) {
#ifndef __OPTIMIZE__
  GTEST_SKIP() << "without optimisation each small function of the standard library has a row of its own";
#endif
  begin();
  // On a busy machine the server gets less CPU time, and with few samples the order of the rows is random.
  constexpr int64_t kEnough = 300;
  Decoded cpu = cpu_under_load("/list/1000", /*seconds=*/4);
  for (int more = 0; more < 10 && cpu.total("samples/count") < kEnough; ++more) {
    const Decoded next = cpu_under_load("/list/1000", /*seconds=*/4);
    cpu.samples.insert(cpu.samples.end(), next.samples.begin(), next.samples.end());
  }
  EXPECT_THAT(cpu.top("cpu/nanoseconds", 10), Contains(HasSubstr("duel::")));
  if (GetParam() == "gin") return;  // the Gin style allocates nothing
  // The allocator and the standard library fill most of the ten rows. So a function of the style may not be among them.
  EXPECT_GT(2 * cpu.total("cpu/nanoseconds", "duel::beego::"), cpu.total("cpu/nanoseconds"));
  const Decoded allocs = decode(ask("/debug/pprof/allocs").body);
  EXPECT_THAT(allocs.top("alloc_space/bytes", 10), Contains(HasSubstr("duel::beego::")));
  EXPECT_THAT(allocs.top("alloc_space/bytes", 10), Contains(HasSubstr("MainController::list")));
  EXPECT_GT(2 * cpu.total("cpu/nanoseconds", "MainController::list"), cpu.total("cpu/nanoseconds"));
}

// The profiler's signals may interrupt any code; requests must not be affected.
TEST_P(Profiles, RequestsGoOnWhileCpuTimeIsRecorded) {
  begin();
  std::atomic<bool> done{false};
  std::vector<std::thread> clients;
  for (const char* path : {"/json", "/list/500", "/sql/user/1", "/static/no-such-file"}) {
    clients.emplace_back([&, path] {
      const std::string pipeline = get_request(path) + get_request(path) + get_request(path);
      Client client(port());
      while (!done.load()) {
        client.send(pipeline);
        for (int i = 0; i < 3; ++i) ASSERT_LT(client.receive().status(), 500);
      }
    });
  }
  EXPECT_EQ(ask("/debug/pprof/profile?seconds=1").status(), 200);
  EXPECT_EQ(ask("/debug/pprof/profile?seconds=1").status(), 200) << "a second profile";
  done.store(true);
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server().stop(), 0);
}

TEST_P(Profiles, OneCpuProfileAtATime) {
  begin();
  Client first(admin_);
  first.send(admin_request("GET /debug/pprof/profile?seconds=2"));
  const Reply second = ask("/debug/pprof/profile?seconds=1");
  EXPECT_EQ(second.status(), 409);
  EXPECT_THAT(second.body, HasSubstr("one at a time"));
  EXPECT_EQ(ask("/debug/pprof/heap").status(), 200);
  EXPECT_EQ(ask("/healthz").status(), 200) << "other requests do not wait for it";
  EXPECT_EQ(first.receive().status(), 200);
}

TEST_P(Profiles, SecondsAreChecked) {
  begin();
  for (const char* seconds : {"0", "-1", "301", "x", "1.5", "1s", "99999999999999999999"}) {
    const Reply reply = ask(std::string("/debug/pprof/profile?seconds=") + seconds);
    EXPECT_EQ(reply.status(), 400) << seconds;
    EXPECT_THAT(reply.body, HasSubstr("a number from 1 to 300"));
    EXPECT_EQ(reply.field("X-Go-Pprof"), "1");
  }
}

TEST_P(Profiles, StoppingDoesNotWaitForThem) {
  begin();
  Client client(admin_);
  client.send(admin_request("GET /debug/pprof/profile?seconds=300"));
  EXPECT_EQ(ask("/healthz").status(), 200);
  EXPECT_EQ(server().stop(), 0);
}

TEST_P(Profiles, NothingIsSampledIfOff) {
  begin({"--heap-profile=off"});
  const Reply reply = ask("/debug/pprof/heap");
  EXPECT_EQ(reply.status(), 501);
  EXPECT_THAT(reply.body, HasSubstr("--heap-profile=on"));
  EXPECT_EQ(reply.field("X-Go-Pprof"), "1") << "go tool pprof needs it to show the reason";
}

TEST_P(Profiles, NamesOfAddresses) {
  begin({"--heap-profile=1k"});
  EXPECT_EQ(ask("/debug/pprof/symbol").body, "num_symbols: 1\n");
  const Decoded heap = decode(ask("/debug/pprof/heap").body);
  std::string address;
  for (const auto& sample : heap.samples) {
    if (sample.has("duel::http::core::Worker::run"))
      address = "0x" + (std::ostringstream() << std::hex << sample.addresses.back()).str();
  }
  ASSERT_FALSE(address.empty());
  const std::string lines = ask("/debug/pprof/symbol?" + address).body;
  EXPECT_THAT(lines, ::testing::StartsWith("num_symbols: 1\n" + address + " "));
  EXPECT_EQ(post("/debug/pprof/symbol", address).body, lines);
}

TEST_P(Profiles, ArgumentsAndThreads) {
  begin();
  const std::string arguments = ask("/debug/pprof/cmdline").body;
  EXPECT_THAT(arguments, HasSubstr("server"));
  EXPECT_THAT(arguments, HasSubstr(std::string("--admin-port=any") + '\0'));
  const std::string threads = ask("/debug/pprof/threads").body;
  EXPECT_THAT(threads, HasSubstr("user, ms"));
  EXPECT_THAT(threads, HasSubstr(" " + std::to_string(server().pid()) + "  server"));
  EXPECT_THAT(ask("/debug/pprof/").body, HasSubstr("/debug/pprof/profile"));
}

TEST_P(Profiles, AreSaved) {
  const TemporaryDirectory directory;
  begin({"--profile-dir=" + directory.path().string(), "--heap-profile=on"});
  const Reply heap = post("/debug/save?type=heap&run_id=r1");
  ASSERT_EQ(heap.status(), 201) << heap.body;
  const std::string name = nlohmann::json::parse(heap.body).at("file");
  EXPECT_TRUE(name.starts_with("r1_heap_")) << name;
  std::ifstream file(directory.path() / name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(decode(bytes).default_type, "inuse_space");
  const Reply cpu = post("/debug/save?type=cpu&seconds=1");
  ASSERT_EQ(cpu.status(), 201) << cpu.body;
  EXPECT_THAT(std::string(nlohmann::json::parse(cpu.body).at("file")), ::testing::StartsWith(GetParam() + "-"));
  EXPECT_EQ(post("/debug/save?type=heap&run_id=../x").status(), 400);
  EXPECT_EQ(post("/debug/save?type=nothing").status(), 400);
  EXPECT_EQ(post("/debug/save?type=cpu&seconds=0").status(), 400);
  EXPECT_EQ(ask("/debug/save?type=heap").status(), 405);
}

TEST_P(Profiles, AreNotSavedWithoutAFolder) {
  begin();
  const Reply reply = post("/debug/save?type=heap");
  EXPECT_EQ(reply.status(), 501);
  EXPECT_THAT(reply.body, HasSubstr("--profile-dir"));
}

TEST_P(Profiles, DoNotGrowTheServer) {
#ifdef __OPTIMIZE__
  constexpr const char* kGrowing = "VmRSS";
#else
  // Without optimisation, the code and its unwind tables need a megabyte. The kernel loads these pages of the file when
  // they are first used, so VmRSS would grow.
  constexpr const char* kGrowing = "RssAnon";
#endif
  begin();
  std::atomic<bool> done{false};
  std::thread busy([&] { load("/json", done); });
  const auto all = [&] {
    EXPECT_EQ(ask("/debug/pprof/heap").status(), 200);
    EXPECT_EQ(ask("/debug/pprof/profile?seconds=1").status(), 200);
  };
  all();  // one-time allocations
  const uint64_t before = server().status(kGrowing);
  const size_t descriptors = server().open_descriptors();
  for (int i = 0; i < 10; ++i) all();
  const uint64_t after = server().status(kGrowing);
  done.store(true);
  busy.join();
  RecordProperty("growth_kib", std::to_string(after - before));
  EXPECT_LE(after, before + 1024) << "KiB";
  EXPECT_LE(server().open_descriptors(), descriptors);
}

void find_no_descriptor_for_processes() {
  let_calls_fail(SYS_pidfd_open, SYS_pidfd_open, EMFILE);
}

TEST_P(Profiles, SayWhyTheWriterCannotBeAwaited) {
  begin({}, find_no_descriptor_for_processes);
  const Reply reply = ask("/debug/pprof/symbol?0x1");
  EXPECT_EQ(reply.status(), 503);
  EXPECT_THAT(reply.body, HasSubstr("cannot wait for the profile writer: Too many open files; raise the limit"));
}

void find_no_file_in_memory() {
  let_calls_fail(SYS_memfd_create, SYS_memfd_create, EMFILE);
}

TEST_P(Profiles, SayThatThereIsNoRoomForSamples) {
  begin({}, find_no_file_in_memory);
  const Reply reply = ask("/debug/pprof/symbol?0x1");
  EXPECT_EQ(reply.status(), 503);
  EXPECT_THAT(reply.body, HasSubstr("no profile could be taken: memfd_create: Too many open files; free memory"));
}

// The loader is then the executed file, but the program and the profile writer beside it are not.
TEST(ProfilesByTheLoader, AreThoseOfTheProgram) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer has its own malloc, which is not sampled";
  const std::string loader = "/lib64/ld-linux-x86-64.so.2";
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{}, {"--argv0", "other", "--inhibit-cache"}}) {
    std::vector<std::string> command = {loader};
    command.insert(command.end(), options.begin(), options.end());
    command.insert(command.end(), {server_binary(), "--no-config", "--host=127.0.0.1", "--port=0", "--threads=1",
                                   "--admin-port=any", "--heap-profile=4k"});
    Process server(command);
    const std::string ready = server.read_line();
    const uint16_t admin_port = port_after(kAdminUrl, ready);
    ASSERT_NE(admin_port, 0) << ready;
    const std::string executed = std::filesystem::read_symlink("/proc/" + std::to_string(server.pid()) + "/exe");
    // A server that is linked statically needs no loader, so it restarts without one.
    EXPECT_THAT(executed, AnyOf(std::filesystem::canonical(loader).string(), server_binary()))
        << "restarted in the same way";
    Client admin(admin_port);
    const Reply reply = admin.roundtrip("GET /debug/pprof/heap HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ASSERT_EQ(reply.status(), 200) << reply.body;
    const Decoded heap = decode(reply.body);
    ASSERT_FALSE(heap.mappings.empty());
    EXPECT_EQ(heap.mappings[0].path, server_binary());
    EXPECT_GT(heap.total("inuse_space/bytes", "duel::"), 0) << "functions have names";
    admin.close();
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait(), 0) << server.standard_error();
  }
}

class ProfilesWithoutJemalloc : public Profiles {
 protected:
  void SetUp() override {
    if (!kSanitized) GTEST_SKIP() << "there is jemalloc";
  }
};

TEST_P(ProfilesWithoutJemalloc, SayWhyThereAreNone) {
  begin({});
  for (const char* path : {"/debug/pprof/heap", "/debug/pprof/allocs", "/debug/pprof/profile?seconds=1"}) {
    const Reply reply = ask(path);
    EXPECT_EQ(reply.status(), 501) << path;
    EXPECT_THAT(reply.body, HasSubstr("without sanitizers"));
  }
}

DUEL_BOTH_ROUTERS(Profiles);
DUEL_BOTH_ROUTERS(ProfilesWithoutJemalloc);

}  // namespace
}  // namespace duel::e2e

#include "tests/http/core/fault/schedule.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <system_error>

#include "http/core/worker.h"
#include "http/date.h"
#include "http/static_directory.h"
#include "tests/http/core/fault/client.h"

namespace duel::http::testing {
namespace {

constexpr size_t kFileBytes = 200'000;   // four pieces
constexpr unsigned kFuzzedEntries = 64;  // a fuzzer makes one ring per run, and small rings are faster to make

std::string_view letters(size_t size) {
  static const std::string kText = [] {
    std::string text(kFileBytes, '\0');
    for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
    return text;
  }();
  return std::string_view(kText).substr(0, size);
}

// A folder with one file, which exists as long as the process.
const StaticDirectory& files() {
  struct Folder {
    Folder() {
      path = std::filesystem::temp_directory_path() / "duel-fault-XXXXXX";
      if (mkdtemp(path.data()) == nullptr) throw std::system_error(errno, std::generic_category(), path);
      std::ofstream(path + "/file.txt") << letters(kFileBytes);
      // The file must be older than the time of the simulated clock. For a file from the future, Last-Modified would be
      // the current second, so the answer would depend on the clock.
      constexpr timespec kTimes[] = {{.tv_sec = 1'000'000'000, .tv_nsec = 0}, {.tv_sec = 1'000'000'000, .tv_nsec = 0}};
      utimensat(AT_FDCWD, (path + "/file.txt").c_str(), kTimes, 0);
      directory = std::make_unique<StaticDirectory>(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path;
    std::unique_ptr<StaticDirectory> directory;
  };
  static const Folder kFolder;
  return *kFolder.directory;
}

// The last segment of the path as a number. A fuzzer may choose any number, so the result is limited.
size_t number_in(std::string_view path) {
  size_t number = 0;
  const std::string_view digits = path.substr(path.rfind('/') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return std::min<size_t>(number, 150'000);
}

class TestHandler : public Handler {
 public:
  void handle(const Request& request, Response& response) override {
    if (request.path == "/echo") return response.end(request.body);
    if (request.path == "/throw") throw std::runtime_error("as asked");
    if (request.path.starts_with("/letters/")) return response.end(letters(number_in(request.path)));
    if (request.path.starts_with("/pieces/")) {
      for (size_t i = 0; i < std::min<size_t>(number_in(request.path), 150); ++i) response.write(letters(1'000));
      return;
    }
    if (request.path == "/last") {
      response.close();
      return response.end("last");
    }
    if (request.path == "/file.txt" && files().serve(request.path, request, response)) return;
    response.status(404);
  }
};

class ScriptWriter {
 public:
  explicit ScriptWriter(Choices& choices) : choices_(choices) {}

  Script write(const Plan& plan) {
    const uint32_t requests = choices_.below(8) + 1;
    for (uint32_t i = 0; i < requests && !ended_; ++i) add_request();
    script_.shuts_down = choices_.one_in(3);
    if (plan.half_closes && !ended_ && choices_.one_in(2)) break_off();
    script_.resets = plan.resets && choices_.one_in(2);
    script_.stalls = plan.stalls && choices_.one_in(2);
    script_.reads_one_in = plan.slow_readers && choices_.one_in(2) ? 50 : 2;
    return std::move(script_);
  }

 private:
  void add_request() {
    constexpr size_t kSizes[] = {0, 10, 3'000, 40'000, 150'000};
    const size_t size = kSizes[choices_.below(std::size(kSizes))];
    switch (choices_.below(10)) {
      case 0:
      case 1:
        return add("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                       std::string(letters(size)),
                   200, letters(size));
      case 2:
        return add("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(letters(size)), 200,
                   letters(size));
      case 3:
        return add("GET /pieces/" + std::to_string(size / 1'000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 200,
                   repeated(letters(1'000), size / 1'000));
      case 4:
        return add("GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n", 200, letters(kFileBytes));
      case 5:
        return add("GET /throw HTTP/1.1\r\nHost: a\r\n\r\n", 500, "500 Internal Server Error: the handler failed\n");
      case 6:
        return end_with("GET /last HTTP/1.1\r\nHost: a\r\n\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n", 200, "last");
      case 7:
        return end_with("GET /echo\r\n\r\n", 400, "400 Bad Request: request line without a version\n");
      default:
        return add("GET /letters/" + std::to_string(size) + " HTTP/1.1\r\nHost: a\r\n\r\n", 200, letters(size));
    }
  }

  // Cuts the script at a random byte. The complete requests are answered, and an incomplete request is refused.
  void break_off() {
    script_.bytes.resize(choices_.size_up_to(script_.bytes.size()));
    script_.shuts_down = true;
    while (!script_.ends.empty() && script_.ends.back() > script_.bytes.size()) {
      script_.ends.pop_back();
      script_.expected.pop_back();
    }
    const size_t answered = script_.ends.empty() ? 0 : script_.ends.back();
    if (answered < script_.bytes.size()) {
      script_.expected.push_back({400, "400 Bad Request: the request ends too early\n"});
    }
  }

  std::string chunked(std::string_view body) {
    std::string out;
    while (!body.empty()) {
      const size_t size = std::min(body.size(), choices_.size_up_to(9'000));
      char line[20];
      std::snprintf(line, sizeof line, "%zx\r\n", size);
      out.append(line).append(body.substr(0, size)).append("\r\n");
      body.remove_prefix(size);
    }
    return out + "0\r\n\r\n";
  }

  static std::string repeated(std::string_view text, size_t times) {
    std::string out;
    for (size_t i = 0; i < times; ++i) out += text;
    return out;
  }

  void add(const std::string& request, int status, std::string_view body) {
    script_.bytes += request;
    script_.ends.push_back(script_.bytes.size());
    script_.expected.push_back({status, std::string(body)});
  }

  void end_with(const std::string& bytes, int status, std::string_view body) {
    add(bytes, status, body);
    ended_ = true;
  }

  Choices& choices_;
  Script script_;
  bool ended_ = false;
};

// The clients of one worker. They also stop the worker, at random or when all clients are done.
class Clients : public World {
 public:
  Clients(Choices& choices, std::vector<Client> clients, bool drains_on_the_way, bool ends_at_once)
      : choices_(choices),
        clients_(std::move(clients)),
        drains_on_the_way_(drains_on_the_way),
        ends_at_once_(ends_at_once) {}

  void stops(std::atomic<core::ServerState>& state, int wake, const core::Admission& admission) {
    state_ = &state;
    wake_ = wake;
    admission_ = &admission;
  }

  bool step(bool must) override {
    if (drained_ && !slept_ && choices_.one_in(20)) {
      slept_ = true;
      Kernel::current()->pass_ms(limits::kFarewellMs);  // requests that are under way arrive later
      return true;
    }
    if (drains_on_the_way_ && state_->load() == core::ServerState::kServing && choices_.one_in(200)) {
      drained_ = true;
      raise(core::ServerState::kDraining);
      if (ends_at_once_) raise(core::ServerState::kStopping);
      return true;
    }
    const auto first = choices_.below(static_cast<uint32_t>(clients_.size()));
    for (size_t i = 0; i < clients_.size(); ++i) {
      if (clients_[(first + i) % clients_.size()].step(choices_, must)) return true;
    }
    return false;
  }

  int connect() override {
    for (Client& client : clients_) {
      if (client.waits_to_connect()) return client.connect();
    }
    return -1;
  }

  bool client_connects() const override {
    return std::ranges::any_of(clients_, [](const Client& client) { return client.waits_to_connect(); });
  }

  void on_fault(int socket) override {
    for (Client& client : clients_) {
      if (socket < 0 || client.server_end() == socket) client.disturb();
    }
  }

  bool on_quiet() override {
    const bool done = std::ranges::all_of(clients_, [](const Client& client) { return client.done(); });
    if (!done || state_->load() != core::ServerState::kServing) return false;
    kept_ = admission_->open();
    raise(core::ServerState::kDraining);
    return true;
  }

  // Call it after the server has ended: all clients read the remaining bytes.
  void finish() {
    for (Client& client : clients_) {
      if (client.waits_to_connect()) client.refuse();
      while (!client.done()) client.step(choices_, true);
    }
  }

  bool drained() const { return drained_; }
  // The connections that the server kept although all clients had gone and nothing was left to happen.
  uint32_t kept() const { return kept_; }
  int64_t stopped_ms() const { return stopped_ms_; }  // the time of the last signal
  bool ended_at_once() const { return drained_ && ends_at_once_; }
  std::vector<Client>& all() { return clients_; }

 private:
  void raise(core::ServerState state) {
    stopped_ms_ = Kernel::current()->now_ms();
    state_->store(state);
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
  }

  Choices& choices_;
  std::vector<Client> clients_;
  bool drains_on_the_way_;
  bool ends_at_once_;
  std::atomic<core::ServerState>* state_ = nullptr;
  int wake_ = -1;
  const core::Admission* admission_ = nullptr;
  bool drained_ = false;
  bool slept_ = false;
  uint32_t kept_ = 0;
  int64_t stopped_ms_ = -1;
};

// Every sent Date must be a second that the clock has shown.
bool dates_are_known(std::string_view received, const std::set<int64_t>& shown) {
  constexpr std::string_view kDate = "\r\nDate: ";
  constexpr size_t kDateBytes = 29;
  for (size_t at = 0; (at = received.find(kDate, at)) != std::string_view::npos;) {
    at += kDate.size();
    if (at + kDateBytes > received.size()) return true;  // truncated here
    const auto second = parse_date(received.substr(at, kDateBytes));
    if (!second || !shown.contains(*second)) return false;
  }
  return true;
}

size_t open_descriptors() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

ServerOptions options_for_tests() {
  ServerOptions options;
  options.max_connections = 64;
  options.on_exception = nullptr;  // thousands of schedules would report many exceptions
  return options;
}

// Runs one worker until it ends; then the clients receive the remaining bytes. Returns true if the worker ended because
// its ring failed.
bool serve(Clients& clients, Report& report) {
  const ServerOptions options = options_for_tests();
  core::Admission admission(options.max_connections);
  std::atomic<core::ServerState> state{core::ServerState::kServing};
  core::Worker worker(options, core::Listener("127.0.0.1", 0, true), admission, state);
  clients.stops(state, worker.wake_descriptor(), admission);
  try {
    worker.run([] { return std::make_unique<TestHandler>(); }, [] {});
  } catch (const std::system_error&) {
    report.broke = true;
  }
  report.answers = worker.counters().requests.value();
  report.no_buffers = worker.counters().no_buffers.value();
  for (uint32_t i = 0; i < admission.limit(); ++i) {
    if (!admission.enter()) report.wrong.emplace_back("a connection was not given back");
  }
  if (clients.kept() > 0) report.wrong.emplace_back("a connection stays although its client has gone");
  // The server waits for up to a second for the completions of its operations, which come at once here.
  if (clients.ended_at_once() && Kernel::current()->now_ms() - clients.stopped_ms() >= 1'000) {
    report.wrong.emplace_back("the second signal does not end the connections");
  }
  clients.finish();
  return report.broke;
}

}  // namespace

Report run(const Plan& plan, Choices& choices) {
  files();
  const size_t descriptors = open_descriptors();
  Report report;
  {
    std::vector<Client> scripted;
    for (unsigned i = 0; i < plan.clients; ++i) scripted.emplace_back(ScriptWriter(choices).write(plan));
    Clients clients(choices, std::move(scripted), plan.drains_on_the_way, plan.ends_at_once);
    Kernel kernel(choices, clients, plan.faults, plan.submission_entries, plan.completion_entries);
    serve(clients, report);
    report.seconds = kernel.wall_clock_read_s().size();
    report.faults = kernel.faults();
    report.completions = kernel.completions();
    report.overflows = kernel.overflows();
    report.full_submissions = kernel.full_submissions();
    for (size_t i = 0; i < clients.all().size(); ++i) {
      Client& client = clients.all()[i];
      if (report.broke || clients.ended_at_once()) client.disturb();
      const std::string wrong = client.verdict(clients.drained());
      if (!wrong.empty()) report.wrong.push_back("client " + std::to_string(i) + ": " + wrong);
      if (!dates_are_known(client.received(), kernel.wall_clock_read_s())) report.wrong.emplace_back("a wrong Date");
    }
  }
  if (open_descriptors() != descriptors) report.wrong.emplace_back("a descriptor is left open");
  return report;
}

std::string answers_to(std::string_view bytes, Choices& choices, const Faults& faults) {
  Script script;
  script.bytes = bytes;
  script.shuts_down = true;
  std::vector<Client> one;
  one.emplace_back(std::move(script));
  Clients clients(choices, std::move(one), false, false);
  Kernel kernel(choices, clients, faults, kFuzzedEntries, kFuzzedEntries);
  Report report;
  serve(clients, report);
  return clients.all().front().received();
}

}  // namespace duel::http::testing

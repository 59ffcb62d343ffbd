#include "tests/router/random/conversation.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "http/core/parser.h"
#include "http/on_exception.h"
#include "tests/e2e/random_content.h"
#include "tests/http/wire.h"

// Of the sanitizers' runtime; null without it.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));  // NOLINT: its name

namespace duel::random {
namespace {

using http::core::RequestParser;

// --- which conversation runs, for a report of a crash or of a hang

std::array<char, 64> running_text;
size_t running_size = 0;

void report_running() {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, running_text.data(), running_size);
}

void report_and_die(int signal) {
  report_running();
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void begin_conversation(uint64_t seed) {
  constexpr unsigned kHangSeconds = 60;  // a conversation takes less than a millisecond
  running_size = static_cast<size_t>(std::snprintf(running_text.data(), running_text.size(), "in DUEL_SEED=%llu\n",
                                                   static_cast<unsigned long long>(seed)));
  alarm(kHangSeconds);
}

void watch() {
  std::signal(SIGALRM, report_and_die);
  std::signal(SIGABRT, report_and_die);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(report_running);
}

// --- the connection

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// A connection over loopback, so that the peer has an address.
class Loopback {
 public:
  Loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    client_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener_, any, size) != 0 || listen(listener_, 1) != 0) fail("listen");
    if (getsockname(listener_, any, &size) != 0 || connect(client_, any, size) != 0) fail("connect");
    server_ = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (server_ < 0) fail("accept");
  }
  ~Loopback() {
    for (const int socket : {listener_, client_, server_}) close(socket);
  }
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;
  int server() const { return server_; }

 private:
  int listener_ = -1;
  int client_ = -1;
  int server_ = -1;
};

// --- one answer

struct Answer {
  std::string bytes;
  std::string problem;  // the text of an exception
  bool keep_alive = false;
};

// Appends the bytes of the file that follow the output.
void append_file(http::Response& response, std::string& bytes) {
  const http::FileBody file = response.take_file();
  if (file.descriptor < 0) return;
  const size_t at = bytes.size();
  bytes.resize(at + file.size);
  const ssize_t size = pread(file.descriptor, &bytes[at], file.size, static_cast<off_t>(file.offset));
  bytes.resize(at + static_cast<size_t>(std::max<ssize_t>(0, size)));
  close(file.descriptor);
}

// `step` is one of the handler's functions, and returns whether it has answered.
template <typename Step>
bool answer(const http::Request& request, Step step, Answer& to) {
  static const http::DateLine date(0);
  static http::Response response(date);
  std::array<char, 16 * 1024> block;  // NOLINT: written by the response
  http::Output output(block.data(), block.data() + block.size());
  response.start(request, output, request.keep_alive);
  try {
    if (!step(response)) return false;
    if (!response.ended()) response.end();
  } catch (...) {
    to.problem = "the handler threw: " + std::string(http::what_was_thrown());
    return true;
  }
  to.bytes = output.bytes();
  append_file(response, to.bytes);
  to.keep_alive = response.keep_alive();
  return true;
}

// --- what is wrong with it

std::string framing_problem(const http::testing::ResponseHead& head, std::string_view body,
                            const http::Request& request, bool keep_alive, std::string& content) {
  const bool chunked = head.count("Transfer-Encoding") > 0;
  const bool has_length = head.count("Content-Length") > 0;
  if (chunked && has_length) return "a length and chunks";
  if (request.method == http::Method::kHead || head.status == 204 || head.status == 304) {
    return body.empty() ? "" : "a body that must not be there";
  }
  if (chunked) {
    const auto unchunked = http::testing::read_chunked(body);
    if (!unchunked || unchunked->size != body.size()) return "malformed chunks";
    content = unchunked->body;
    return "";
  }
  content = body;
  if (has_length) return head.value("Content-Length") == std::to_string(body.size()) ? "" : "another length";
  return keep_alive ? "no length" : "";
}

std::string injection(const http::testing::ResponseHead& head) {
  for (const auto& [name, value] : head.fields) {
    if (name.find(e2e::kInjectedField) != std::string::npos) return "an injected field " + name;
    if (name != "Set-Cookie") continue;
    const std::string attribute(e2e::kInjectedAttribute);
    for (const char* before : {";", "; "}) {
      if (value.find(before + attribute) != std::string::npos) return "an injected attribute: " + value;
    }
  }
  return "";
}

std::string problem_of(const Answer& answer, const http::Request& request, const http::testing::ResponseHead& head) {
  const std::string_view body = std::string_view(answer.bytes).substr(head.size);
  if (head.status < 200) return head.status_line;
  if (head.status >= 500) return head.status_line + ": " + std::string(body.substr(0, 300));
  std::string content;
  if (const std::string problem = framing_problem(head, body, request, answer.keep_alive, content); !problem.empty())
    return problem;
  if (const std::string problem = injection(head); !problem.empty()) return problem;
  const bool is_json = head.value("Content-Type").starts_with("application/json") && !content.empty();
  if (is_json && head.count("Content-Encoding") == 0 && !nlohmann::json::accept(content))
    return "JSON that is not JSON: " + content.substr(0, 300);
  return "";
}

}  // namespace

Conversation::Conversation(http::Handler& handler, const std::vector<std::string>& patterns, uint64_t seed)
    : handler_(handler), patterns_(patterns), seed_(seed), choices_(seed) {}

void Conversation::run() {
  begin_conversation(seed_);
  for (uint32_t left = 1 + choices_.below(6); left > 0; --left) ask();
}

void Conversation::add_cookies(e2e::RandomRequest& request) {
  if (jar_.empty() || choices_.one_in(4)) return;
  std::string line = "Cookie: ";
  for (const std::string& cookie : jar_) line += cookie + "; ";
  if (choices_.one_in(4)) line = "Cookie: " + e2e::RandomText(choices_).changed(std::string_view(line).substr(8));
  std::erase_if(line, [](char byte) { return byte == '\r' || byte == '\n'; });
  request.head.insert(request.head.size() - 2, line + "\r\n");
}

void Conversation::keep_cookie(std::string_view set_cookie) {
  constexpr size_t kMaxCookies = 8;
  if (jar_.size() < kMaxCookies) jar_.emplace_back(set_cookie.substr(0, set_cookie.find(';')));
}

void Conversation::ask() {
  static const Loopback connection;
  e2e::RandomRequest random = e2e::make_random_request(choices_, patterns_);
  add_cookies(random);
  // A block of exactly this size, so that AddressSanitizer sees every read beyond the end.
  const std::string bytes = random.bytes();
  const auto block = std::make_unique<char[]>(bytes.size());
  std::ranges::copy(bytes, block.get());
  RequestParser parser;
  parser.reset();
  if (parser.parse(block.get(), bytes.size()) != RequestParser::Status::kComplete) return;  // answered by the core
  http::Request request = parser.request(block.get());
  if (request.method == http::Method::kConnect || request.path == "*") return;  // so is this
  request.socket = connection.server();
  const auto check = [&](const Answer& answer) {
    const auto head = http::testing::read_response_head(answer.bytes);
    std::string problem = answer.problem;
    if (problem.empty())
      problem = head ? problem_of(answer, request, *head) : "a malformed head: " + answer.bytes.substr(0, 300);
    if (!problem.empty())
      ADD_FAILURE() << "DUEL_SEED=" << seed_ << ": " << problem << "\n" << e2e::command_that_sends(bytes);
    if (!head) return;
    ++answered_;
    successes_ += head->status / 100 == 2 ? 1 : 0;
    for (const auto& [name, value] : head->fields) {
      if (name == "Set-Cookie") keep_cookie(value);
    }
  };
  Answer result;
  http::Request without_body = request;
  without_body.body = {};
  without_body.keep_alive = false;
  if (parser.expects_continue() &&
      answer(
          without_body, [&](http::Response& to) { return handler_.answer_head(without_body, to); }, result)) {
    return check(result);
  }
  answer(
      request,
      [&](http::Response& to) {
        handler_.handle(request, to);
        return true;
      },
      result);
  check(result);
}

void converse(http::Handler& handler, const std::vector<std::string>& patterns) {
  watch();
  const uint64_t only = http::testing::number_from("DUEL_SEED", 0);
  const uint64_t count = only != 0 ? 1 : http::testing::number_from("DUEL_CONVERSATIONS", 1'000);
  size_t answered = 0;
  size_t successes = 0;
  for (uint64_t i = 1; i <= count && !::testing::Test::HasFailure(); ++i) {
    Conversation conversation(handler, patterns, only != 0 ? only : i);
    conversation.run();
    answered += conversation.answered();
    successes += conversation.successes();
  }
  alarm(0);
  if (only != 0) return;
  EXPECT_GT(answered, count) << "too few requests reach the handler";
  EXPECT_GT(successes, count / 2) << "too few requests reach the end of a handler";
}

}  // namespace duel::random

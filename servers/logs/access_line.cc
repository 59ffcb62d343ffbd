#include "servers/logs/access_line.h"

#include <array>
#include <cstdio>

#include "http/client_address.h"
#include "http/grammar/printable.h"

namespace duel::servers::logs {
namespace {

// The maximum number of bytes taken from one text of the client. Escapes make them at most four times as long. A line
// has three such texts (target, Referer, User-Agent) and the method, a token, which is never escaped. With the rest of
// the line, their sum stays below PIPE_BUF (4,096 bytes).
constexpr size_t kMaxTextBytes = 300;

}  // namespace

std::string_view AccessLine::write(const http::Request& request, int status, std::chrono::nanoseconds elapsed) {
  line_.clear();
  add_address(request);
  line_ += " - - [";
  add_time();
  line_ += "] \"";
  add_cut(request.method_name);
  line_ += ' ';
  add_cut(request.target);
  std::array<char, 96> text{};
  const int size = std::snprintf(text.data(), text.size(), " HTTP/1.%d %d %zu\" %.6f ", request.minor_version, status,
                                 request.body.size(), std::chrono::duration<double>(elapsed).count());
  line_.append(text.data(), static_cast<size_t>(size));
  add_cut(request.header("Referer"));
  line_ += ' ';
  add_cut(request.header("User-Agent"));
  line_ += '\n';
  return line_;
}

void AccessLine::add_address(const http::Request& request) {
  std::array<char, http::grammar::kAddressTextBytes> text{};
  std::string_view address = request.remote_address(text.data(), text.size());
  if (const auto client = http::forwarded_client(request, address, proxies_)) {
    address = http::grammar::write_address(*client, text.data());
  }
  line_ += address.empty() ? "-" : address;
}

void AccessLine::add_time() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  if (now != second_) {
    std::tm local{};
    ::localtime_r(&now, &local);
    std::array<char, 32> text{};
    time_.assign(text.data(), std::strftime(text.data(), text.size(), "%d/%b/%Y %H:%M:%S", &local));
    second_ = now;
  }
  line_ += time_;
}

void AccessLine::add_cut(std::string_view text) {
  if (text.empty()) line_ += '-';
  http::grammar::write_printable(text.substr(0, kMaxTextBytes), "\"\\",
                                 [&](std::string_view piece) { line_ += piece; });
}

}  // namespace duel::servers::logs

#pragma once

#include <chrono>
#include <ctime>
#include <span>
#include <string>
#include <string_view>

#include "http/grammar/address.h"
#include "http/request.h"

namespace duel::servers::logs {

// Formats the access log lines of one worker, in the form that Beego calls APACHE_FORMAT:
//
//   127.0.0.1 - - [23/Nov/2026 18:28:57] "GET /ping HTTP/1.1 200 0" 0.000012 - curl/7.88.1
//
// The fields are: address of the client, local time, request line, status, length of the request's body, duration in
// seconds, Referer, User-Agent. The client is the peer, or the address that a trusted proxy reports. Texts from the
// client are cut and escaped, so that they can neither break a line nor send control sequences to a terminal.
class AccessLine {
 public:
  // `proxies` must outlive this object.
  explicit AccessLine(std::span<const http::grammar::Network> proxies = {}) : proxies_(proxies) {}

  // The returned view is valid until the next call. `elapsed` is the duration of the request.
  std::string_view write(const http::Request& request, int status, std::chrono::nanoseconds elapsed);

 private:
  void add_address(const http::Request& request);
  void add_time();
  void add_cut(std::string_view text);

  std::span<const http::grammar::Network> proxies_;
  std::string line_;
  std::time_t second_ = -1;  // the second that time_ shows
  std::string time_;
};

}  // namespace duel::servers::logs

#pragma once

#include <chrono>
#include <ctime>
#include <string>
#include <string_view>

#include "http/request.h"

namespace duel::servers::logs {

// Makes the lines of one worker's access log, in the form that Beego calls APACHE_FORMAT:
//
//   127.0.0.1 - - [23/Nov/2026 18:28:57] "GET /ping HTTP/1.1 200 0" 0.000012 - curl/7.88.1
//
// address, local time when the request came, request line, status, length of the request's body, seconds, Referer,
// User-Agent. What a client sent is cut and escaped: it cannot break a line, nor reach a terminal as a command.
class AccessLine {
 public:
  // Valid until the next call.
  std::string_view write(const http::Request& request, int status, std::chrono::nanoseconds elapsed);

 private:
  void add_address(const http::Request& request);
  void add_time();
  void add_cut(std::string_view text);

  std::string line_;
  std::time_t second_ = -1;  // that time_ tells
  std::string time_;
};

}  // namespace duel::servers::logs

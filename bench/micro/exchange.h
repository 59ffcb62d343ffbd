#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "http/handler.h"
#include "http/output.h"
#include "http/parser.h"
#include "http/response.h"

namespace duel::bench {

// A whole request without a socket: what a worker does between a receive and a send.
class Exchange {
 public:
  // `handler` must outlive the exchange.
  explicit Exchange(http::Handler& handler);

  // From the bytes of one request to those of its response; these are valid until the next call. Empty if the request
  // is refused.
  std::string_view answer(std::string& request);

 private:
  http::Handler& handler_;
  std::array<char, size_t{16} * 1024> block_;  // holds any response of the benchmarks, as a worker's send block does
  http::RequestParser parser_;
  http::Output output_;
  http::DateLine date_{0};  // a worker writes it anew once a second
  http::Response response_;
};

// The bytes that wrk sends for this method and path.
std::string request_bytes(std::string_view method, std::string_view path);

// Of a response that has a Content-Length.
std::string_view status_of(std::string_view response);
std::string_view body_of(std::string_view response);

}  // namespace duel::bench

#include "bench/micro/exchange.h"

namespace duel::bench {

std::string request_bytes(std::string_view method, std::string_view path) {
  return std::string(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
}

std::string_view status_of(std::string_view response) {
  constexpr size_t kVersionSize = sizeof "HTTP/1.1 " - 1;
  return response.size() < kVersionSize + 3 ? std::string_view() : response.substr(kVersionSize, 3);
}

std::string_view body_of(std::string_view response) {
  const size_t head_end = response.find("\r\n\r\n");
  return head_end == std::string_view::npos ? std::string_view() : response.substr(head_end + 4);
}

}  // namespace duel::bench

#include "bench/micro/requests.h"

#include <utility>

namespace duel::bench {
namespace {

// The request that wrk sends for this method and path.
std::string request_bytes(std::string_view method, std::string_view path) {
  return std::string(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
}

}  // namespace

std::string_view status_of(std::string_view response) {
  constexpr size_t kVersionSize = sizeof "HTTP/1.1 " - 1;
  return response.size() < kVersionSize + 3 ? std::string_view() : response.substr(kVersionSize, 3);
}

std::string_view body_of(std::string_view response) {
  const size_t head_end = response.find("\r\n\r\n");
  return head_end == std::string_view::npos ? std::string_view() : response.substr(head_end + 4);
}

Requests::Requests(std::unique_ptr<http::Handler> answering, std::span<const Case> cases)
    : handler(std::move(answering)), exchange(*handler) {
  for (const Case& asked : cases) bytes.push_back(request_bytes(http::method_name(asked.method), asked.path));
}

}  // namespace duel::bench

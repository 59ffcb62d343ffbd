#include "tests/router/gin/exchange.h"

#include <unistd.h>

#include <algorithm>

#include "http/grammar/ascii.h"

namespace duel::gin::testing {

TestRequest::TestRequest(std::string_view method, std::string_view target, const std::vector<FieldText>& fields,
                         std::string_view body) {
  for (const auto& [name, value] : fields) {
    spans_.push_back({.name_at = static_cast<uint32_t>(head_.size()),
                      .value_at = static_cast<uint32_t>(head_.size() + name.size()),
                      .name_size = static_cast<uint16_t>(name.size()),
                      .value_size = static_cast<uint16_t>(value.size())});
    head_.append(name).append(value);
  }
  request_.method = http::method_of(method);
  request_.method_name = method;
  request_.target = target;
  const size_t question = target.find('?');
  request_.path = target.substr(0, question);
  if (question != std::string_view::npos) request_.query = target.substr(question + 1);
  request_.host = "example.com";
  request_.fields = {head_.data(), spans_.data(), spans_.size()};
  request_.body = body;
}

std::string Answer::field(std::string_view name) const {
  for (size_t at = head.find("\r\n"); at != std::string::npos && at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
    const std::string_view line = std::string_view(head).substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !http::grammar::equal_fold_ascii(line.substr(0, colon), name)) continue;
    return std::string(line.substr(colon + 2));
  }
  return {};
}

Answer exchange(http::Handler& handler, const http::Request& request) {
  std::vector<char> block(64 * 1024);
  http::Output output(block.data(), block.data() + block.size());
  const http::DateLine date(0);
  http::Response response(date);
  response.start(request, output, true);
  handler.handle(request, response);
  if (!response.ended()) response.end();
  std::string bytes(output.bytes());
  if (const http::FileBody file = response.take_file(); file.descriptor >= 0) {
    const size_t head = bytes.size();
    bytes.resize(head + file.size);
    const ssize_t got = ::pread(file.descriptor, &bytes[head], file.size, static_cast<off_t>(file.offset));
    bytes.resize(head + static_cast<size_t>(std::max<ssize_t>(0, got)));
    ::close(file.descriptor);
  }
  const size_t end = bytes.find("\r\n\r\n");
  return {.status = response.status(), .head = bytes.substr(0, end + 2), .body = bytes.substr(end + 4)};
}

Answer exchange(http::Handler& handler, std::string_view method, std::string_view target,
                const std::vector<FieldText>& fields, std::string_view body) {
  const TestRequest request(method, target, fields, body);
  return exchange(handler, request.get());
}

}  // namespace duel::gin::testing

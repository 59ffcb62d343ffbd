#include "tests/router/recorded/exchange.h"

#include <algorithm>
#include <array>

#include "http/grammar/ascii.h"

namespace duel::recorded {

std::string Answer::field(std::string_view name) const {
  const std::vector<std::string> all = fields(name);
  return all.empty() ? std::string() : all.front();
}

std::vector<std::string> Answer::fields(std::string_view name) const {
  std::vector<std::string> values;
  for (size_t at = head.find("\r\n"); at != std::string::npos && at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
    const std::string_view line = std::string_view(head).substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !http::grammar::equal_fold_ascii(line.substr(0, colon), name)) continue;
    values.emplace_back(line.substr(std::min(colon + 2, line.size())));
  }
  return values;
}

FullRequest::FullRequest(std::string method, std::string target,
                         std::vector<std::pair<std::string, std::string>> fields, std::string body)
    : method_(std::move(method)), target_(std::move(target)), body_(std::move(body)) {
  request_ = make_request(method_, target_);
  for (const auto& [name, value] : fields) {
    http::FieldSpan span{};
    span.name_at = static_cast<uint32_t>(text_.size());
    span.name_size = static_cast<uint16_t>(name.size());
    text_ += name;
    span.value_at = static_cast<uint32_t>(text_.size());
    span.value_size = static_cast<uint16_t>(value.size());
    text_ += value;
    spans_.push_back(span);
    if (name == "Host") request_.host = std::string_view();
  }
  request_.fields = http::FieldList(text_.data(), spans_.data(), spans_.size());
  if (request_.host.empty()) request_.host = request_.header("Host");
  request_.body = body_;
}

http::Request make_request(std::string_view method, std::string_view target) {
  http::Request request;
  request.method = http::method_of(method);
  request.method_name = method;
  request.target = target;
  const size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.host = "example.com";
  return request;
}

Answer exchange(http::Handler& handler, const http::Request& request) {
  std::array<char, 4096> block;
  http::Output output(block.data(), block.data() + block.size());
  const http::DateLine date(0);
  http::Response response(date);
  response.start(request, output, true);
  handler.handle(request, response);
  if (!response.ended()) response.end();
  const std::string bytes(output.bytes());
  const size_t end = bytes.find("\r\n\r\n");
  return {.status = response.status(), .head = bytes.substr(0, end + 2), .body = bytes.substr(end + 4)};
}

Answer exchange(http::Handler& handler, const FullRequest& request) {
  return exchange(handler, request.request());
}

Answer exchange(http::Handler& handler, std::string_view method, std::string_view target) {
  return exchange(handler, make_request(method, target));
}

}  // namespace duel::recorded

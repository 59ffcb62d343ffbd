#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/handler.h"

namespace duel::recorded {

// The parts of one response.
struct Answer {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;

  // The value of the first field of this name; empty if there is none.
  std::string field(std::string_view name) const;
  // The values of all fields of this name, in the order sent.
  std::vector<std::string> fields(std::string_view name) const;
};

// An http::Request as the parser makes it. Owns its target, fields and body.
class FullRequest {
 public:
  FullRequest(std::string method, std::string target, std::vector<std::pair<std::string, std::string>> fields = {},
              std::string body = {});
  FullRequest(const FullRequest&) = delete;
  FullRequest& operator=(const FullRequest&) = delete;

  const http::Request& request() const { return request_; }

 private:
  std::string method_;
  std::string target_;
  std::string text_;  // names and values of the fields, one after another
  std::vector<http::FieldSpan> spans_;
  std::string body_;
  http::Request request_;
};

// A request made without the parser and a socket. `target` may have any bytes and must outlive the request.
http::Request make_request(std::string_view method, std::string_view target);

Answer exchange(http::Handler& handler, const http::Request& request);
Answer exchange(http::Handler& handler, const FullRequest& request);
Answer exchange(http::Handler& handler, std::string_view method, std::string_view target);

}  // namespace duel::recorded

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/handler.h"

namespace duel::gin::testing {

using FieldText = std::pair<std::string_view, std::string_view>;

// A request built from parts, without parser and socket, so that the target may contain any bytes. Keeps views of the
// arguments.
class TestRequest {
 public:
  TestRequest(std::string_view method, std::string_view target, const std::vector<FieldText>& fields = {},
              std::string_view body = {});
  TestRequest(const TestRequest&) = delete;
  TestRequest& operator=(const TestRequest&) = delete;

  const http::Request& get() const { return request_; }

 private:
  std::string head_;
  std::vector<http::FieldSpan> spans_;
  http::Request request_;
};

// A response, split into its parts.
struct Answer {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;

  // The value of a field; empty if it is missing.
  std::string field(std::string_view name) const;
};

// Lets the handler answer the request, with a file's content as the body.
Answer exchange(http::Handler& handler, const http::Request& request);
Answer exchange(http::Handler& handler, std::string_view method, std::string_view target,
                const std::vector<FieldText>& fields = {}, std::string_view body = {});

}  // namespace duel::gin::testing

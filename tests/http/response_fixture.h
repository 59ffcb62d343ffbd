#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"
#include "tests/http/wire.h"

namespace duel::http::testing {

inline constexpr std::time_t kDate = 1704067200;  // Mon, 01 Jan 2024 00:00:00 GMT

// A response in a buffer of 64 KiB, which is filled with bytes that no response contains. The strict reader reads it.
class ResponseTest : public ::testing::Test {
 protected:
  Response& start(Method method = Method::kGet, int minor_version = 1, bool keep_alive = true) {
    request_.method = method;
    request_.method_name = method_name(method);
    request_.minor_version = static_cast<uint8_t>(minor_version);
    request_.keep_alive = keep_alive;
    response_.start(request_, output_, keep_alive);
    return response_;
  }

  ResponseHead head() const {
    const auto head = read_response_head(bytes());
    EXPECT_TRUE(head) << "not a well-formed head:\n" << bytes();
    return head.value_or(ResponseHead{});
  }
  std::string_view body() const { return bytes().substr(head().size); }
  std::string_view bytes() const { return output_.bytes(); }
  Response& response() { return response_; }
  Request& request() { return request_; }
  Output& output() { return output_; }

 private:
  std::vector<char> space_ = std::vector<char>(64 * 1024, '#');
  Output output_{space_.data(), space_.data() + space_.size()};
  DateLine date_{kDate};
  Response response_{date_};
  Request request_;
};

}  // namespace duel::http::testing

#pragma once

#include <string>
#include <string_view>

#include "http/handler.h"

namespace duel::beego::testing {

// The answer to one request, taken apart.
struct Answer {
  int status = 0;
  std::string head;  // status line and fields
  std::string body;

  // The value of a field; empty if there is none.
  std::string field(std::string_view name) const;
};

// A request made from parts, without parser and socket. `target` may hold any bytes.
http::Request make_request(std::string_view method, std::string_view target);

Answer exchange(http::Handler& handler, const http::Request& request);
Answer exchange(http::Handler& handler, std::string_view method, std::string_view target);

}  // namespace duel::beego::testing

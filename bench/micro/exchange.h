#pragma once

#include <string>
#include <string_view>

namespace duel::bench {

// The bytes that wrk sends for this method and path.
std::string request_bytes(std::string_view method, std::string_view path);

// Of a response that has a Content-Length.
std::string_view status_of(std::string_view response);
std::string_view body_of(std::string_view response);

}  // namespace duel::bench

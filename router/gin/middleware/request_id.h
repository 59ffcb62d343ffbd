#pragma once

#include <string_view>

#include "router/gin/context.h"

// For applications: gives each request an id that the logs of several services can share. The id is the X-Request-ID of
// the request if that is_sane_request_id(), otherwise a random UUID (version 4, RFC 9562) from the kernel's generator.
// It is set in the response's X-Request-ID and under the key kRequestId.
namespace duel::gin::middleware {

inline constexpr Key<std::string_view> kRequestId{"request id"};

// Whether the id consists of 1 to 128 letters, digits and -_.:+/=@, which cannot break a log line or a field.
bool is_sane_request_id(std::string_view id);

void request_id(Context& c);

}  // namespace duel::gin::middleware

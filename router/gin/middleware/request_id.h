#pragma once

#include <string_view>

#include "router/gin/context.h"

// Gives each request a name that logs of several services share: X-Request-ID, taken over from the client if it looks
// like one, else a random UUID (version 4, RFC 9562) from the kernel's generator. It is in the answer and in
// kRequestId.
namespace duel::gin::middleware {

inline constexpr Key<std::string_view> kRequestId{"request id"};

// 1 to 128 letters, digits and -_.:+/=@ : nothing that could break a log line or a field.
bool is_sane_request_id(std::string_view id);

void request_id(Context& c);

}  // namespace duel::gin::middleware

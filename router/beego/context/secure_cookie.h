#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duel::beego::context {

// A value that a client keeps and cannot change unseen, in Beego's form: base64url(value) "|" nanoseconds "|"
// hex(HMAC-SHA256(secret, the two without the bar)). Neither hidden nor bound to a name or to a time.
std::string sign_value(std::string_view secret, std::string_view value, uint64_t now_ns);

// The value; nothing if the signature or the form is not right. Compared in constant time.
//
// The signature does not cover the first bar, so that in the original digits may move from the time to the value and
// stay signed. Here the time must have its 19 digits, as it has from 2001 to 2286.
std::optional<std::string> verify_value(std::string_view secret, std::string_view text);

// Letters and digits from the kernel's random source (getrandom(2)). Throws std::system_error without one.
std::string random_text(size_t size);

// In the time that depends on the sizes alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace duel::beego::context

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duel::beego::context {

// For Context: signed cookie values, in Beego's format: base64url(value) "|" nanoseconds "|" signature. The signature
// is hex(HMAC-SHA256(secret, base64url(value) nanoseconds)), without the bar between them. A client can read the value
// but cannot change it undetected. The value does not expire, and it is valid in a cookie of any name.
std::string sign_value(std::string_view secret, std::string_view value, uint64_t now_ns);

// Returns the value; nothing if the signature or the format is wrong. The comparison takes constant time.
//
// Because the signature does not cover the first bar, digits of the time can be moved to the value in Beego, and the
// signature remains valid. Here the time must have 19 digits, which it has from 2001 to 2286.
std::optional<std::string> verify_value(std::string_view secret, std::string_view text);

// Returns `size` random letters and digits, from getrandom(2). Throws std::system_error if the kernel gives no random
// bytes.
std::string random_text(size_t size);

// Compares in a time that depends only on the sizes.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace duel::beego::context

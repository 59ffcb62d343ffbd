#pragma once

#include <string>
#include <string_view>

// Session ids: 128 random bits from the kernel (getrandom(2)) as 32 hexadecimal digits, as long as Beego's. To guess
// one of a million live ids takes 2^107 tries on average.
namespace duel::beego::session {

inline constexpr size_t kIdBytes = 16;
inline constexpr size_t kIdDigits = 2 * kIdBytes;

// Throws std::system_error if the kernel gives no random bytes; never falls back to anything weaker.
std::string new_id();

// Whether a client's text can be an id at all; what is not need not be looked for.
bool is_id(std::string_view text);

}  // namespace duel::beego::session

#pragma once

#include <string>
#include <string_view>

// For Manager: session ids. An id is 128 random bits from getrandom(2), written as 32 hexadecimal digits, which is also
// the length of Beego's ids. An attacker needs 2^107 tries on average to guess one of a million live ids.
namespace duel::beego::session {

inline constexpr size_t kIdBytes = 16;
inline constexpr size_t kIdDigits = 2 * kIdBytes;

// Throws std::system_error if the kernel gives no random bytes; there is no weaker source.
std::string new_id();

// Whether `text`, sent by a client, has the format of an id. If not, a lookup in a provider is not needed.
bool is_id(std::string_view text);

}  // namespace duel::beego::session

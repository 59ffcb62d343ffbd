// For the core, both router styles and the settings.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace duel::http::grammar {

namespace detail {
inline constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = table[c + 32] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<uint8_t>(c)] = true;
  return table;
}();
}  // namespace detail

constexpr bool is_token_byte(char byte) {
  return detail::kTokenBytes[static_cast<uint8_t>(byte)];
}

// A token (RFC 9110 §5.6.2), such as a method or the name of a field.
constexpr bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_token_byte(c)) return false;
  }
  return !text.empty();
}

// The text without spaces and tabs at both ends (OWS, RFC 9110 §5.6.3).
std::string_view trim(std::string_view text);

// Calls each(member) for every member of a comma-separated list, trimmed. Skips empty members (RFC 9110 §5.6.1.2).
template <typename Each>
void for_each_member(std::string_view list, Each each) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view member = trim(list.substr(0, comma));
    if (!member.empty()) each(member);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace duel::http::grammar

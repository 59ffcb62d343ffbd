#pragma once

#include <string_view>

namespace duel::http::grammar {

// A token of RFC 9110 §5.6.2: method names, field names.
bool is_token(std::string_view text);
bool is_token_byte(char byte);

// Without the spaces and tabs around it (OWS, RFC 9110 §5.6.3).
std::string_view trim(std::string_view text);

// Calls `each` with every member of a comma-separated list, trimmed; empty members are passed over (RFC 9110 §5.6.1.2).
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

#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace duel::servers::demo {

// Keeps the answer below the core's send block of 64 KiB.
inline constexpr int kMaxListLength = 2000;
inline constexpr std::string_view kListLengthRefusal = "the length must be a whole number from 0 to 2000";

// Parses the parameter of /list/:length. Returns nothing if it is not a number from 0 to kMaxListLength.
inline std::optional<int> parse_list_length(std::string_view text) {
  int length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc() || end != text.data() + text.size() || length < 0 || length > kMaxListLength) return {};
  return length;
}

}  // namespace duel::servers::demo

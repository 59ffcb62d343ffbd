// For the options: the forms of their values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duel::load {

// Each function returns nothing if the text has another form or the value does not fit.
// A whole number in decimal digits.
std::optional<uint64_t> parse_count(std::string_view text);
// A number with up to three decimals, in thousandths: "0.5" is 500.
std::optional<int64_t> parse_milli(std::string_view text);
// A number with up to three decimals and a unit, ns, us, ms, s, m or h, in nanoseconds: "2.5ms". "0" needs no unit.
std::optional<int64_t> parse_duration_ns(std::string_view text);
// A whole number of bytes, or with the suffix k or m for 1,024 and 1,048,576 bytes.
std::optional<uint64_t> parse_bytes(std::string_view text);

// http://HOST[:PORT][/PATH][?QUERY]
struct Url {
  std::string host;  // a name or an address; an IPv6 address without its brackets
  uint16_t port = 80;
  std::string authority;  // as the Host field has it
  std::string target = "/";
};
std::optional<Url> parse_url(std::string_view text);

}  // namespace duel::load

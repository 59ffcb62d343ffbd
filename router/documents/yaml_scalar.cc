#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "http/grammar/ascii.h"
#include "router/documents/yaml.h"

namespace duel::documents {
namespace {

using Kind = YamlScalar::Kind;

template <size_t N>
bool is_one_of(std::string_view text, const std::string_view (&words)[N]) {
  return std::ranges::find(words, text) != std::end(words);
}

constexpr std::string_view kNull[] = {"", "~", "null", "Null", "NULL"};
constexpr std::string_view kTrue[] = {"true", "True", "TRUE"};
constexpr std::string_view kFalse[] = {"false", "False", "FALSE"};
constexpr std::string_view kYes[] = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"};
constexpr std::string_view kNo[] = {"n", "N", "no", "No", "NO", "off", "Off", "OFF"};

// The base that the digits begin with; removes its prefix.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits.front() != '0') return 10;
  constexpr std::pair<char, int> kBases[] = {{'x', 16}, {'o', 8}, {'b', 2}};
  for (const auto& [letter, base] : kBases) {
    if (http::grammar::to_lower_ascii(digits[1]) != letter) continue;
    digits.remove_prefix(2);
    return base;
  }
  digits.remove_prefix(1);
  return 8;
}

bool read_whole(std::string_view text, YamlScalar& to) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const int base = take_base(text);
  uint64_t magnitude = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  constexpr uint64_t kMaxSigned = ~uint64_t{0} >> 1;
  if (magnitude > kMaxSigned + (negative ? 1 : 0)) {
    if (negative) return false;
    to.kind = Kind::kUnsigned;
    to.as_unsigned = magnitude;
    return true;
  }
  to.kind = Kind::kSigned;
  to.as_signed = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  return true;
}

// Digits, a dot and an exponent in base 10, not "inf" and "nan".
bool read_float(std::string_view text, YamlScalar& to) {
  if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  const bool has_plus = text.starts_with('+');
  if (has_plus) text.remove_prefix(1);
  if (has_plus && text.starts_with('-')) return false;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  constexpr double kMaxWhole = 0x1p53;  // up to here, a double holds every whole number
  if (std::fabs(number) < kMaxWhole && std::trunc(number) == number && (number != 0 || !std::signbit(number))) {
    to.kind = Kind::kSigned;
    to.as_signed = static_cast<int64_t>(number);
  } else {
    to.kind = Kind::kDouble;
    to.as_double = number;
  }
  return true;
}

void read_number(std::string_view text, YamlScalar& to) {
  constexpr size_t kMaxNumberBytes = 512;  // more than the digits of the largest double
  char digits[kMaxNumberBytes];
  if (text.size() > kMaxNumberBytes) return;
  char* const end = std::ranges::remove_copy(text, digits, '_').out;
  const std::string_view number(digits, static_cast<size_t>(end - digits));
  if (!read_whole(number, to)) read_float(number, to);
}

}  // namespace

YamlScalar resolve_yaml(std::string_view text) {
  YamlScalar scalar;
  scalar.text = text;
  if (is_one_of(text, kNull)) {
    scalar.kind = Kind::kNull;
  } else if (is_one_of(text, kTrue) || is_one_of(text, kFalse)) {
    scalar.kind = Kind::kBool;
    scalar.as_bool = is_one_of(text, kTrue);
  } else if (http::grammar::is_digit(text.front()) ||
             std::string_view("+-.").find(text.front()) != std::string_view::npos) {
    read_number(text, scalar);
  }
  return scalar;
}

std::optional<bool> yaml_bool_word(std::string_view text) {
  if (is_one_of(text, kYes)) return true;
  if (is_one_of(text, kNo)) return false;
  return std::nullopt;
}

bool parse_yaml_time(std::string_view text, http::grammar::Time& to) {
  using http::grammar::parse_time;
  return !text.empty() && (http::grammar::parse_rfc3339(text, to) || parse_time(text, "2006-01-02", to) ||
                           parse_time(text, "2006-01-02 15:04:05", to));
}

}  // namespace duel::documents

#include "http/grammar/time_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace duel::http::grammar {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr int64_t kSecondsBefore1970 = 62135596800;  // from the first second of the year 1

// Takes exactly `count` digits off the front of `text`.
bool take_digits(std::string_view& text, size_t count, int& to) {
  const std::string_view digits = text.substr(0, count);
  if (digits.size() < count || digits.find_first_not_of(kDigits) != std::string_view::npos) return false;
  std::from_chars(digits.data(), digits.data() + count, to);
  text.remove_prefix(count);
  return true;
}

// As in Go, a layout without a year means the year 0.
struct Parts {
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, nanoseconds = 0, offset_minutes = 0;
};

// After the seconds; a fraction need not be in the layout. Digits after the ninth are dropped.
bool take_fraction(std::string_view& text, int& nanoseconds) {
  if (text.size() < 2 || (text.front() != '.' && text.front() != ',')) return true;
  if (kDigits.find(text[1]) == std::string_view::npos) return true;
  text.remove_prefix(1);
  int place = 100'000'000;
  for (; !text.empty() && kDigits.find(text.front()) != std::string_view::npos; text.remove_prefix(1), place /= 10) {
    nanoseconds += (text.front() - '0') * place;
  }
  return true;
}

bool take_zone(std::string_view& text, int& offset_minutes) {
  if (text.starts_with('Z')) return text.remove_prefix(1), true;
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_digits(text, 2, hours) || !text.starts_with(':')) return false;
  text.remove_prefix(1);
  if (!take_digits(text, 2, minutes) || hours > 24 || minutes > 59) return false;
  offset_minutes = sign * (hours * 60 + minutes);
  return true;
}

// Takes what the front of the layout describes off both. Returns false if the text is something else.
bool take_part(std::string_view& layout, std::string_view& text, Parts& parts) {
  const std::pair<std::string_view, int*> numbers[] = {{"2006", &parts.year}, {"01", &parts.month},
                                                       {"02", &parts.day},    {"15", &parts.hour},
                                                       {"04", &parts.minute}, {"05", &parts.second}};
  for (const auto& [part, to] : numbers) {
    if (!layout.starts_with(part)) continue;
    layout.remove_prefix(part.size());
    const bool is_short = part == "15" && (text.size() < 2 || kDigits.find(text[1]) == std::string_view::npos);
    return take_digits(text, is_short ? 1 : part.size(), *to) &&
           (part != "05" || take_fraction(text, parts.nanoseconds));
  }
  constexpr std::string_view kZone = "Z07:00";
  if (layout.starts_with(kZone)) return layout.remove_prefix(kZone.size()), take_zone(text, parts.offset_minutes);
  if (text.empty() || text.front() != layout.front()) return false;
  return layout.remove_prefix(1), text.remove_prefix(1), true;
}

bool from_parts(const Parts& parts, Time& to) {
  const auto date = std::chrono::year(parts.year) / parts.month / parts.day;
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 59) return false;
  const auto day = std::chrono::sys_days(date).time_since_epoch();
  to.offset = std::chrono::minutes(parts.offset_minutes);
  to.seconds = std::chrono::seconds(day).count() + parts.hour * 3600 + parts.minute * 60 + parts.second -
               parts.offset_minutes * 60;
  to.nanoseconds = parts.nanoseconds;
  return true;
}

bool parse_layout(std::string_view text, std::string_view layout, Time& to) {
  Parts parts;
  while (!layout.empty()) {
    if (!take_part(layout, text, parts)) return false;
  }
  return text.empty() && from_parts(parts, to);
}

bool parse_unix(std::string_view text, int64_t per_second, Time& to) {
  int64_t count = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  int64_t seconds = count / per_second;
  int64_t rest = count % per_second;
  if (rest < 0) rest += per_second, --seconds;
  to = Time(seconds, static_cast<int32_t>(rest));
  return true;
}

}  // namespace

bool parse_rfc3339(std::string_view text, Time& to) {
  constexpr std::string_view kHour = "2006-01-02T15:";
  if (text.substr(0, kHour.size()).find(':') != kHour.size() - 1) return false;  // an hour has two digits
  return parse_layout(text, "2006-01-02T15:04:05Z07:00", to);
}

bool parse_time(std::string_view text, std::string_view layout, Time& to) {
  if (layout == "unix") return parse_unix(text, 1, to);
  if (layout == "unixNano") return parse_unix(text, 1'000'000'000, to);
  if (text.empty()) return to = Time(-kSecondsBefore1970, 0), true;
  return layout.empty() ? parse_rfc3339(text, to) : parse_layout(text, layout, to);
}

bool parse_duration(std::string_view text, std::chrono::nanoseconds& to) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ns", 1}, {"us", 1e3}, {"\u00B5s", 1e3}, {"\u03BCs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return to = {}, true;
  if (text.empty()) return false;
  constexpr double kMost = 9223372036854775807.0;
  double sum = 0;
  while (!text.empty()) {
    const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789."));
    double count = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), count, std::chars_format::fixed);
    if (error != std::errc() || end != digits.data() + digits.size()) return false;
    text.remove_prefix(digits.size());
    const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
    const auto* const known = std::ranges::find(kUnits, unit, &std::pair<std::string_view, double>::first);
    if (known == std::end(kUnits)) return false;
    text.remove_prefix(unit.size());
    sum += count * known->second;
  }
  if (sum >= kMost) return false;
  to = std::chrono::nanoseconds(static_cast<int64_t>(negative ? -sum : sum));
  return true;
}

}  // namespace duel::http::grammar

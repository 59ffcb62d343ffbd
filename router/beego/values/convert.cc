#include "router/beego/values/convert.h"

#include <array>

#include "http/grammar/ascii.h"

namespace duel::beego::values {
namespace {

// Reads digits at the places of the pattern's zeros; its other characters must be there. -1 in the result: malformed.
template <size_t Count>
std::optional<std::array<int, Count>> read_digits(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return std::nullopt;
  std::array<int, Count> numbers{};
  size_t at = 0;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '0') {
      if (text[i] != pattern[i]) return std::nullopt;
      ++at;
    } else if (text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    } else {
      numbers[at] = numbers[at] * 10 + (text[i] - '0');
    }
  }
  return numbers;
}

// The offset of "Z" or "+05:30" in minutes.
std::optional<int> read_zone(std::string_view text) {
  constexpr int kMinutesPerHour = 60;
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto offset = read_digits<2>(text.substr(1), "00:00");
  if (!offset || (*offset)[0] > 23 || (*offset)[1] > 59) return std::nullopt;
  const int minutes = (*offset)[0] * kMinutesPerHour + (*offset)[1];
  return text[0] == '-' ? -minutes : minutes;
}

}  // namespace

std::optional<bool> parse_form_bool(std::string_view text) {
  for (const std::string_view word : {"on", "yes"}) {
    if (http::grammar::equal_fold_ascii(text, word)) return true;
  }
  for (const std::string_view word : {"off", "no"}) {
    if (http::grammar::equal_fold_ascii(text, word)) return false;
  }
  return parse_bool(text);
}

std::optional<Time> parse_time(std::string_view text) {
  using namespace std::chrono;
  constexpr size_t kDate = 10;
  constexpr size_t kDateTime = 19;
  constexpr size_t kWithZone = 25;
  constexpr int kMinYear = 1678;  // Time has nanoseconds in 64 bits
  constexpr int kMaxYear = 2261;
  text = text.substr(0, kWithZone);
  const bool has_zone = text.size() == kWithZone || text.ends_with('Z') || text.ends_with('z');
  const bool has_clock = text.size() >= kDateTime;
  const auto date = read_digits<3>(text, "0000-00-00");
  if (!date || (has_zone && !has_clock)) return std::nullopt;
  const year_month_day day{year((*date)[0]), month(static_cast<unsigned>((*date)[1])),
                           std::chrono::day(static_cast<unsigned>((*date)[2]))};
  if (!day.ok() || (*date)[0] < kMinYear || (*date)[0] > kMaxYear) return std::nullopt;
  seconds second = sys_days(day).time_since_epoch();
  if (has_clock) {
    const auto clock = read_digits<3>(text.substr(kDate + 1), "00:00:00");
    if (!clock || (*clock)[0] > 23 || (*clock)[1] > 59 || (*clock)[2] > 59) return std::nullopt;
    if (text[kDate] != 'T' && (has_zone || text[kDate] != ' ')) return std::nullopt;
    second += hours((*clock)[0]) + minutes((*clock)[1]) + seconds((*clock)[2]);
  }
  if (has_zone) {
    const auto offset = read_zone(text.substr(kDateTime));
    if (!offset) return std::nullopt;
    second -= minutes(*offset);
  }
  return Time(second);
}

}  // namespace duel::beego::values

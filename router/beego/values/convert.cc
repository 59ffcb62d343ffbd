#include "router/beego/values/convert.h"

#include "http/grammar/ascii.h"
#include "http/grammar/time_text.h"

namespace duel::beego::values {
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
  constexpr std::string_view kRfc3339 = "2006-01-02T15:04:05Z07:00";
  constexpr std::string_view kWithZone = "2006-01-02T15:04:05+07:00";
  constexpr std::string_view kDateTimeT = "2006-01-02T15:04:05";
  constexpr std::string_view kDateTime = "2006-01-02 15:04:05";
  constexpr std::string_view kDate = "2006-01-02";
  constexpr std::string_view kClock = "15:04:05";
  const auto parse = [&](std::string_view layout, size_t size) -> std::optional<Time> {
    Time time;
    if (http::grammar::parse_time(text.substr(0, size), layout, time)) return time;
    return std::nullopt;
  };
  if (text.size() >= kWithZone.size()) return parse(kRfc3339, kWithZone.size());
  if (text.ends_with('Z') || text.ends_with('z')) return parse(kRfc3339, text.size());
  if (text.size() >= kDateTime.size()) {
    return parse(text.find('T') != std::string_view::npos ? kDateTimeT : kDateTime, kDateTime.size());
  }
  if (text.size() >= kDate.size()) return parse(kDate, kDate.size());
  if (text.size() >= kClock.size() || text.empty()) return parse(kClock, kClock.size());
  return std::nullopt;
}

}  // namespace duel::beego::values

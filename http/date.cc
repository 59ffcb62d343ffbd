#include "http/date.h"

#include <cstring>
#include <string>

namespace duel::http {
namespace {

constexpr char kDays[] = "SunMonTueWedThuFriSat";
constexpr char kMonths[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char* put_two_digits(char* to, int value) {
  *to++ = static_cast<char>('0' + value / 10);
  *to++ = static_cast<char>('0' + value % 10);
  return to;
}

}  // namespace

// Not strftime: its names depend on the locale.
DateText format_date(std::time_t time) {
  tm utc{};
  gmtime_r(&time, &utc);
  const int year = utc.tm_year + 1900;
  DateText text{};
  char* to = put(text.data(), {kDays + static_cast<size_t>(utc.tm_wday) * 3, 3});
  to = put(to, ", ");
  to = put_two_digits(to, utc.tm_mday);
  *to++ = ' ';
  to = put(to, {kMonths + static_cast<size_t>(utc.tm_mon) * 3, 3});
  *to++ = ' ';
  to = put_two_digits(to, year / 100);
  to = put_two_digits(to, year % 100);
  *to++ = ' ';
  to = put_two_digits(to, utc.tm_hour);
  *to++ = ':';
  to = put_two_digits(to, utc.tm_min);
  *to++ = ':';
  to = put_two_digits(to, utc.tm_sec);
  put(to, " GMT");
  return text;
}

std::optional<std::time_t> parse_date(std::string_view text) {
  // IMF-fixdate, RFC 850, asctime. No locale is ever set, so that strptime knows the English names.
  constexpr const char* kForms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
  const std::string copy(text.substr(0, 64));
  for (const char* const form : kForms) {
    tm utc{};
    const char* const end = strptime(copy.c_str(), form, &utc);
    if (end != nullptr && *end == '\0') return timegm(&utc);
  }
  return std::nullopt;
}

void DateLine::update() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec == second_) [[likely]]
    return;
  second_ = now.tv_sec;
  const DateText text = format_date(second_);
  char* to = put(line_.data(), "Date: ");
  to = put(to, {text.data(), text.size()});
  put(to, "\r\n");
}

}  // namespace duel::http

#include "http/date.h"

#include <algorithm>
#include <cstring>

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

// Empty if the month does not have that day. strptime accepts days 1 to 31 in every month.
std::optional<std::time_t> second_of(const tm& date) {
  tm midnight{};
  midnight.tm_year = date.tm_year;
  midnight.tm_mon = date.tm_mon;
  midnight.tm_mday = date.tm_mday;
  const std::time_t day = timegm(&midnight);  // moves a day beyond the end of the month into the next month
  if (midnight.tm_mday != date.tm_mday) return std::nullopt;
  return day + (date.tm_hour * 60 + date.tm_min) * 60 + date.tm_sec;
}

}  // namespace

// Without strftime, whose names depend on the locale.
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
  // IMF-fixdate, RFC 850, asctime. The program never sets a locale, so strptime reads English names.
  constexpr const char* kForms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
  char copy[64];
  if (text.size() >= sizeof copy) return std::nullopt;
  *std::copy(text.begin(), text.end(), copy) = '\0';
  for (const char* const form : kForms) {
    tm utc{};
    const char* const end = strptime(copy, form, &utc);
    if (end != nullptr && *end == '\0') return second_of(utc);
  }
  return std::nullopt;
}

void DateLine::update() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != second_) [[unlikely]]
    set(now.tv_sec);
}

void DateLine::set(std::time_t second) {
  second_ = second;
  const DateText text = format_date(second_);
  char* to = put(line_.data(), "Date: ");
  to = put(to, {text.data(), text.size()});
  put(to, "\r\n");
}

}  // namespace duel::http

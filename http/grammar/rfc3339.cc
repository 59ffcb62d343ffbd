#include "http/grammar/rfc3339.h"

#include <cstdlib>

namespace duel::http::grammar {
namespace {

char* write_digits(int64_t number, int count, char* to) {
  for (int i = count; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
  return to + count;
}

char* write_part(char separator, int64_t number, int count, char* to) {
  *to = separator;
  return write_digits(number, count, to + 1);
}

// The seconds of 0000-01-01 and 10000-01-01, UTC.
constexpr int64_t kFirstSecond = -62'167'219'200;
constexpr int64_t kEnd = 253'402'300'800;

}  // namespace

char* write_rfc3339(const Time& time, char* to) {
  // Before the conversion, because a std::chrono::year has 16 bits. The first test is for sums that would overflow.
  if (time.seconds < 2 * kFirstSecond || time.seconds > 2 * kEnd) return nullptr;
  const int64_t seconds = time.seconds + std::chrono::seconds(time.offset).count();
  if (seconds < kFirstSecond || seconds >= kEnd) return nullptr;
  const std::chrono::sys_seconds local{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  to = write_digits(static_cast<int>(date.year()), 4, to);
  to = write_part('-', static_cast<unsigned>(date.month()), 2, to);
  to = write_part('-', static_cast<unsigned>(date.day()), 2, to);
  to = write_part('T', clock.hours().count(), 2, to);
  to = write_part(':', clock.minutes().count(), 2, to);
  to = write_part(':', clock.seconds().count(), 2, to);
  if (time.nanoseconds != 0) {
    to = write_part('.', time.nanoseconds, 9, to);
    while (to[-1] == '0') --to;
  }
  if (time.offset.count() == 0) {
    *to = 'Z';
    return to + 1;
  }
  const auto minutes = std::abs(time.offset.count());
  to = write_part(time.offset.count() < 0 ? '-' : '+', minutes / 60, 2, to);
  return write_part(':', minutes % 60, 2, to);
}

}  // namespace duel::http::grammar

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

}  // namespace

char* write_rfc3339(const Time& time, char* to) {
  const std::chrono::sys_seconds local{std::chrono::seconds(time.seconds) + time.offset};
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  if (date.year() < std::chrono::year(0) || date.year() > std::chrono::year(9999)) return nullptr;
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

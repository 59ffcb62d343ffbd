// For the router styles that write times.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// Times as text (RFC 3339), such as "2006-01-02T15:04:05.5+05:30".
namespace duel::http::grammar {

// A point in time with its zone, as Go's time.Time. Unlike std::chrono::sys_time in nanoseconds, which has 64 bits, it
// reaches beyond the years 1678 to 2261.
struct Time {
  int64_t seconds = 0;  // since 1970, without leap seconds
  int32_t nanoseconds = 0;
  std::chrono::minutes offset{0};  // from UTC

  Time() = default;
  Time(int64_t since_1970, int32_t nanos, std::chrono::minutes from_utc = {})
      : seconds(since_1970), nanoseconds(nanos), offset(from_utc) {}
  template <class Duration>
  Time(std::chrono::sys_time<Duration> at)  // NOLINT: the conversion is intended
      : seconds(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()),
        nanoseconds(
            static_cast<int32_t>(std::chrono::nanoseconds(at - std::chrono::floor<std::chrono::seconds>(at)).count())) {
  }
  bool operator==(const Time&) const = default;
};

inline constexpr size_t kRfc3339Bytes = 35;  // the longest text: nine digits of the second, and a zone

// Writes the time in its zone to `to`, which has kRfc3339Bytes, with as many digits of the second as needed, and
// returns the end of the text. Null if the year has not four digits in that zone; then nothing is written.
char* write_rfc3339(const Time& time, char* to);

}  // namespace duel::http::grammar

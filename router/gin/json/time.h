#pragma once

#include <chrono>
#include <cstdint>

#include "router/gin/memory/buffer.h"

namespace duel::gin::json {

// For handlers, under the name gin::Time: a point in time with its zone, as Go's time.Time. Members of structs that are
// written as JSON, or bound, may have this type, or any std::chrono::sys_time.
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

// RFC 3339, with as many digits of the second as needed. Throws std::domain_error unless the year has four digits.
void append_time(memory::Buffer& to, const Time& time);

}  // namespace duel::gin::json

#pragma once

#include <chrono>
#include <string_view>

#include "router/gin/json/time.h"

// For bind.h: times and durations in text, as Go's package time reads them.
namespace duel::gin::binding {

using json::Time;

// RFC 3339.
bool parse_rfc3339(std::string_view text, Time& to);

// By a layout of Go with the parts 2006 01 02 15 04 05 and Z07:00; RFC 3339 if the layout is empty; seconds or
// nanoseconds since 1970 for "unix" and "unixNano". Empty text is the year 1, as in Gin, except for the last two.
bool parse_time(std::string_view text, std::string_view layout, Time& to);

// Such as "1h30m", "1.5s", "-3us" or "0".
bool parse_duration(std::string_view text, std::chrono::nanoseconds& to);

inline void from_time(const Time& time, Time& to) {
  to = time;
}
template <class Duration>
void from_time(const Time& time, std::chrono::sys_time<Duration>& to) {
  to =
      std::chrono::sys_time<Duration>(std::chrono::duration_cast<Duration>(std::chrono::seconds(time.seconds)) +
                                      std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(time.nanoseconds)));
}

}  // namespace duel::gin::binding

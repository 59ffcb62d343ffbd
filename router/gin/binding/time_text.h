#pragma once

#include <chrono>
#include <string_view>

#include "http/grammar/time_text.h"

// For the binding of times: the grammar, and the conversion to the types that members may have.
namespace duel::gin::binding {

using http::grammar::parse_duration;
using http::grammar::parse_rfc3339;
using http::grammar::parse_time;
using http::grammar::Time;

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

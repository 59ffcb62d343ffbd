#pragma once

#include <chrono>
#include <ratio>
#include <string_view>
#include <type_traits>

#include "http/grammar/time_text.h"

// For the binding of times: the grammar, and the conversion to the types that members may have.
namespace duel::gin::binding {

using http::grammar::parse_duration;
using http::grammar::parse_rfc3339;
using http::grammar::parse_time;
using http::grammar::Time;

// False if the type cannot hold the time: nanoseconds in 64 bits end in the year 2262.
inline bool from_time(const Time& time, Time& to) {
  to = time;
  return true;
}
template <class Duration>
bool from_time(const Time& time, std::chrono::sys_time<Duration>& to) {
  if constexpr (std::is_integral_v<typename Duration::rep> &&
                std::ratio_less_v<typename Duration::period, std::ratio<1>>) {
    const auto seconds_of = [](Duration duration) {
      return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    };
    if (time.seconds <= seconds_of(Duration::min()) || time.seconds >= seconds_of(Duration::max())) return false;
  }
  to =
      std::chrono::sys_time<Duration>(std::chrono::duration_cast<Duration>(std::chrono::seconds(time.seconds)) +
                                      std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(time.nanoseconds)));
  return true;
}

}  // namespace duel::gin::binding

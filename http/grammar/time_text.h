// For the router styles that read times from requests, as Go's package time reads them.
#pragma once

#include <chrono>
#include <string_view>

#include "http/grammar/rfc3339.h"

namespace duel::http::grammar {

// RFC 3339.
bool parse_rfc3339(std::string_view text, Time& to);

// By a layout of Go with the parts 2006 01 02 15 04 05 and Z07:00; RFC 3339 if the layout is empty; seconds or
// nanoseconds since 1970 for "unix" and "unixNano". Empty text is the year 1, except for the last two: so
// Gin reads forms.
bool parse_time(std::string_view text, std::string_view layout, Time& to);

// Such as "1h30m", "1.5s", "-3us" or "0".
bool parse_duration(std::string_view text, std::chrono::nanoseconds& to);

}  // namespace duel::http::grammar

// For the router styles that write times.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// Times as text (RFC 3339), such as "2006-01-02T15:04:05.5+05:30".
namespace duel::http::grammar {

inline constexpr size_t kRfc3339Bytes = 35;  // the longest text: nine digits of the second, and a zone

// Writes the time to `to`, which has kRfc3339Bytes, in the zone with this offset from UTC, with as many digits of the
// second as needed, and returns the end of the text. Null if the year has not four digits in that zone; then nothing is
// written.
char* write_rfc3339(std::chrono::sys_seconds at, int32_t nanoseconds, std::chrono::minutes offset, char* to);

}  // namespace duel::http::grammar

// For handlers, programs and the core.
#pragma once

#include <initializer_list>
#include <string_view>

namespace duel::http {

// Writes the concatenated parts as one line to standard error. Any thread may call it. Control characters become '?',
// so that a client cannot forge a line, for example by a line end in a path. Allocates no memory. A line longer than 1
// KiB is truncated.
void log_line(std::initializer_list<std::string_view> parts);

}  // namespace duel::http

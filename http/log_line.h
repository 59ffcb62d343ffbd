#pragma once

#include <initializer_list>
#include <string_view>

namespace duel::http {

// The parts, one behind the other, as a line on standard error; any thread. Control letters, which a client can put
// into a path, become '?', so that nobody writes a line of his own. Allocates nothing; what is longer than 1 KiB is
// cut.
void log_line(std::initializer_list<std::string_view> parts);

}  // namespace duel::http

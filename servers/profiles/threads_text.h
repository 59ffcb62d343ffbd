#pragma once

#include <string>

namespace duel::servers::profiles {

// A line for each thread of this process: id, name, user and system CPU time in milliseconds, state, in columns below
// their names. From /proc; some 20 us a thread.
std::string threads_text();

// The program's arguments, NUL between them, as the kernel has them.
std::string command_line();

}  // namespace duel::servers::profiles

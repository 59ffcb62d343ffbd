#pragma once

#include <string>

namespace duel::servers::profiles {

// A table of the threads of this process: id, name, user and system CPU time in milliseconds, state. It reads /proc,
// which takes about 20 us per thread.
std::string threads_text();

// The arguments of the program, separated by NUL bytes.
std::string command_line();

}  // namespace duel::servers::profiles

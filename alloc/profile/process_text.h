#pragma once

#include <string>

namespace duel::alloc::profile {

// For programs that take profiles: facts about this process that the profile writer needs, as text. Each line is one
// fact and begins with its name.
//
//   pid 4711
//   module 5581c4a00000 84d3... /usr/bin/duel-server
//   segment 5581c4a20000 5581c4b00000 20000
//   thread 4712 worker-0
//
// A module has its load bias (hex), its build id (- for none) and its path, which goes to the end of the line. A
// segment is an executable mapping of the module above: start, end, offset in the file (hex).
//
// The first module is the program itself. Build ids come from memory, because the file can have been replaced since the
// start. Allocates. Any thread.
std::string describe_process();

}  // namespace duel::alloc::profile

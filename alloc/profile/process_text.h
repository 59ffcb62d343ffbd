#pragma once

#include <string>

namespace duel::alloc::profile {

// What the writer of profiles has to know of this process, as text: a line for each fact, its name first.
//
//   pid 4711
//   module 5581c4a00000 84d3... /usr/bin/duel-server      bias in hex, build id (- for none), path to the line's end
//   segment 5581c4a20000 5581c4b00000 20000               of the module above: mapped executable from, to, file's
//   offset thread 4712 worker-0
//
// The first module is the program itself. The build ids are those in memory: a file may have been replaced since.
// Any thread may call it; it allocates.
std::string describe_process();

}  // namespace duel::alloc::profile

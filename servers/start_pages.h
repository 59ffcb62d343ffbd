#pragma once

namespace duel::servers {

// Gives back the pages of the program's code and constants. Most of them served only the start, such as the parser of
// the command line. What is needed again comes from the page cache of the kernel at its next use, in pieces of 64 KiB.
// Pages that are no longer those of the file, because a debugger or a probe has set a breakpoint, stay. Does nothing if
// /proc is missing. Any thread, at any time.
void give_start_pages_back();

}  // namespace duel::servers

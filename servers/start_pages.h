#pragma once

namespace duel::servers {

// Gives back the pages of the program's code and constants. Most of them served only the start, such as the parser of
// the command line. What is needed again comes from the page cache of the kernel at its next use, in pieces of 64 KiB.
// Any thread, at any time.
void give_start_pages_back();

}  // namespace duel::servers

#pragma once

#include "alloc/phases.h"

// Places in the program at which callgrind ends one part of its counts and begins the next one (--dump-before). A part
// is named after the mark at which it begins. harness/ruler.py knows the names of the marks.
namespace duel::ruler {

// Ends the part of the program before the measured requests, and the last measured part.
void mark_outside();
// From here on runs the stand-in of the kernel, which is not measured.
void mark_kernel();
// From here on runs this phase of the server. An alloc::PhaseObserver.
void mark_phase(alloc::Phase phase);

}  // namespace duel::ruler

#pragma once

namespace duel::alloc {

// The calling thread allocates where the process's first thread does, instead of opening an arena of its own with the
// memory that this costs. For threads that allocate seldom. Before their first allocation, if it is to save anything.
void use_first_arena();

}  // namespace duel::alloc

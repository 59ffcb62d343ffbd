#pragma once

namespace duel::bench {

// Adds build, compiler, allocator, kernel and CPUs to the report of the benchmarks, and warns on standard error about
// everything that makes the figures useless for a comparison.
void describe_environment();

}  // namespace duel::bench

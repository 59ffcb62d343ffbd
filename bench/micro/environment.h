#pragma once

namespace duel::bench {

// Puts what decides about the figures (build, compiler, allocator, kernel, CPUs) before them and into their JSON, and
// warns on stderr about everything that makes them unfit for a comparison.
void describe_environment();

}  // namespace duel::bench

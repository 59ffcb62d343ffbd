#pragma once

#include <cstddef>

#ifdef DUEL_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

// jemalloc's control interface, for this room only.
//
// With DUEL_JEMALLOC mallctl is a strong reference on purpose: it makes a linker with --as-needed keep libjemalloc.so
// before libc, which is what makes jemalloc the process's malloc. A weak reference would let the linker drop it.
namespace duel::alloc {

// Writes the value called `name` to `value`; false, and `value` untouched, if there is no such value or no jemalloc.
template <class T>
bool mallctl_read([[maybe_unused]] const char* name, [[maybe_unused]] T& value) {
#ifdef DUEL_JEMALLOC
  T answer{};
  size_t size = sizeof answer;
  if (::mallctl(name, &answer, &size, nullptr, 0) != 0 || size != sizeof answer) return false;
  value = answer;
  return true;
#else
  return false;
#endif
}

// Gives `input` and, if `output` is not null, reads the answer. False on any refusal.
template <class Input, class Output = char>
bool mallctl_write([[maybe_unused]] const char* name, [[maybe_unused]] Input& input,
                   [[maybe_unused]] Output* output = nullptr) {
#ifdef DUEL_JEMALLOC
  size_t size = sizeof(Output);
  return ::mallctl(name, output, output == nullptr ? nullptr : &size, &input, sizeof input) == 0;
#else
  return false;
#endif
}

}  // namespace duel::alloc

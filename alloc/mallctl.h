#pragma once

#include <cstddef>

#ifdef DUEL_JEMALLOC
#include <jemalloc/jemalloc.h>
#endif

// For alloc/ and alloc/profile/ only: jemalloc's control interface.
//
// With DUEL_JEMALLOC, mallctl is a strong reference on purpose. Because of it, a linker with --as-needed keeps
// libjemalloc.so, which comes before libc and so becomes the allocator of the process. With a weak reference the linker
// would drop the library.
namespace duel::alloc {

// Reads jemalloc's value `name` into `value`. If there is no such value or no jemalloc, returns false and leaves
// `value` unchanged.
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

// Writes `input` to jemalloc's value `name`. If `output` is not null, it gets jemalloc's answer. Returns false if
// jemalloc refuses.
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

// Lets jemalloc do what `name` says, such as "arena.0.purge". Returns false if jemalloc refuses.
inline bool mallctl_do([[maybe_unused]] const char* name) {
#ifdef DUEL_JEMALLOC
  return ::mallctl(name, nullptr, nullptr, nullptr, 0) == 0;
#else
  return false;
#endif
}

}  // namespace duel::alloc

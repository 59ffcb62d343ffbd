#include "alloc/counters.h"

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "alloc/mallctl.h"

namespace duel::alloc {
namespace {

// The counters of a process without jemalloc.
constexpr uint64_t kNothing = 0;

// Must match hooks_t in jemalloc 5.3's internal hook.h. `experimental.hooks.install` copies it. jemalloc's kinds of
// call are enums, which are passed as int.
struct Hooks {
  void (*allocated)(void* extra, int kind, void* result, uintptr_t raw_result, uintptr_t* arguments);
  void (*freed)(void* extra, int kind, void* address, uintptr_t* arguments);
  void (*resized_in_place)(void* extra, int kind, void* address, size_t old_size, size_t new_size, uintptr_t raw_result,
                           uintptr_t* arguments);
  void* extra;
};

void on_allocated(void*, int, void* result, uintptr_t, uintptr_t*) {
  if (result != nullptr) ++detail::thread_counters.calls;
}
void on_freed(void*, int, void*, uintptr_t*) {
  ++detail::thread_counters.frees;
}

std::mutex hooks_mutex;
void* hooks_handle = nullptr;  // null while calls are not counted

// With LD_PRELOAD another malloc can come before a jemalloc that still answers mallctl. Only an allocation that
// jemalloc counts proves that it is the allocator. `volatile` stops the compiler from removing the malloc and the free,
// and from assuming that *bytes does not change.
bool prove_available() {
  const volatile uint64_t* bytes = nullptr;
  if (!mallctl_read("thread.allocatedp", bytes)) return false;
  constexpr size_t kProbeBytes = 64;
  const uint64_t before = *bytes;
  void* volatile probe = std::malloc(kProbeBytes);
  std::free(probe);
  return *bytes - before >= kProbeBytes;
}

std::array<char, 64> make_allocator_name() {
  std::array<char, 64> name{"libc"};
  const char* version = nullptr;
  if (available() && mallctl_read("version", version)) std::snprintf(name.data(), name.size(), "jemalloc %s", version);
  return name;
}

}  // namespace

namespace detail {

void attach() {
  ThreadCounters& counters = thread_counters;
  if (!available() || !mallctl_read("thread.allocatedp", counters.bytes) ||
      !mallctl_read("thread.deallocatedp", counters.freed_bytes)) {
    counters.bytes = counters.freed_bytes = &kNothing;
  }
}

}  // namespace detail

bool available() {
  static const bool proven = prove_available();
  return proven;
}

const char* allocator_name() {
  static const std::array<char, 64> name = make_allocator_name();
  return name.data();
}

bool count_calls(bool on) {
  if (!available()) return false;
  const std::lock_guard lock(hooks_mutex);
  if (on && hooks_handle == nullptr) {
    Hooks hooks{on_allocated, on_freed, nullptr, nullptr};
    mallctl_write("experimental.hooks.install", hooks, &hooks_handle);
  } else if (!on && hooks_handle != nullptr) {
    if (mallctl_write("experimental.hooks.remove", hooks_handle)) hooks_handle = nullptr;
  }
  return hooks_handle != nullptr;
}

}  // namespace duel::alloc

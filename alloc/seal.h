#pragma once

#include <cstdint>

#include "alloc/counters.h"

// The no-allocation seal: a scope in which the calling thread must not allocate.
//
//   { alloc::Seal seal("gin request");
//     ...                             // an allocation here is a failed check
//     { alloc::Unseal heap_fallback;
//       ... }                         // but not here
//   }
//
// Whether bytes were allocated is looked at when the scope ends: two reads of a thread-local counter, so that a seal
// may stay in release builds. Without jemalloc (alloc::available() is false) a seal sees nothing and never breaks.
// Objects belong to the thread that made them, and scopes nest.
namespace duel::alloc {

// Whether a broken seal prints its name and the bytes and aborts (default in debug builds), or is only counted (default
// in release builds). Process-wide; any thread may call it.
void enforce_seals(bool on);

// How many seals were found broken in this process so far.
uint64_t broken_seals();

namespace detail {

inline constinit thread_local uint64_t permitted_bytes = 0;  // allocated inside Unseal scopes that have ended

void seal_broken(const char* name, uint64_t bytes);  // cold

}  // namespace detail

class [[nodiscard]] Seal {
 public:
  // `name` must outlive the seal; it appears in the message.
  explicit Seal(const char* name) : name_(name) { restart(); }
  ~Seal() {
    const uint64_t bytes = unpermitted_bytes() - at_start_;
    if (bytes != 0) [[unlikely]] {
      detail::seal_broken(name_, bytes);
    }
  }
  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  // Forgets what was allocated so far. For one who has caught an exception inside the scope: a throw allocates.
  void restart() { at_start_ = unpermitted_bytes(); }

 private:
  static uint64_t unpermitted_bytes() { return allocated_bytes() - detail::permitted_bytes; }

  const char* name_;
  uint64_t at_start_;
};

// A scope inside a sealed one that may allocate, e.g. for a response that does not fit its buffer. A Seal inside it is
// a seal again.
class [[nodiscard]] Unseal {
 public:
  Unseal() : permitted_at_start_(detail::permitted_bytes), at_start_(allocated_bytes()) {}
  ~Unseal() { detail::permitted_bytes = permitted_at_start_ + (allocated_bytes() - at_start_); }
  Unseal(const Unseal&) = delete;
  Unseal& operator=(const Unseal&) = delete;

 private:
  uint64_t permitted_at_start_;
  uint64_t at_start_;
};

}  // namespace duel::alloc

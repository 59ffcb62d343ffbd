#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "alloc/poison.h"
#include "alloc/region.h"

namespace duel::alloc {

// For workers and contexts: a pool of at most `capacity` objects of one type, in one region of memory. It allocates
// only at its construction.
//
// The pool is last in, first out: take() returns the slot that was given back last, which is probably still in the
// CPU's cache. It touches a new slot only if all touched slots are in use, so the number of resident pages follows the
// peak of use, not the capacity.
//
//   slots:   [ used ][ free ][ used ][ free ]|[ never touched ...            ]
//                       ^---------------'    |
//                       last    free_        touched_ == high_water()
//
// For one thread. In debug and AddressSanitizer builds these mistakes end the process with a message: give() of an
// object from elsewhere, a second give() of an object, a write to an object after its give().
template <class T>
class Pool {
 public:
  // Throws std::system_error if the kernel refuses, std::bad_array_new_length if the size exceeds the address space.
  explicit Pool(size_t capacity) : region_(region_bytes(capacity)), capacity_(capacity) {}
  // All objects should have been given back. The destructor does not destroy the remaining objects.
  ~Pool() {
    while (free_ != nullptr) reuse_slot();  // unpoisons them, because the kernel may reuse the addresses
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Returns a new T(arguments...), or null if capacity() objects are in use. The pool owns it; return it with give().
  template <class... Arguments>
  [[nodiscard]] T* take(Arguments&&... arguments) noexcept {
    static_assert(std::is_nothrow_constructible_v<T, Arguments...>, "a throwing constructor would lose its slot");
    void* slot = take_slot();
    if (slot == nullptr) return nullptr;
    ++in_use_;
    return ::new (slot) T(std::forward<Arguments>(arguments)...);
  }

  // Destroys `object`, which must come from take() of this pool.
  void give(T* object) noexcept {
    if constexpr (kPoison) check_given(object);
    std::destroy_at(object);
    free_ = ::new (static_cast<void*>(object)) Link{free_};
    poison(free_, kSlotBytes, sizeof(Link));
    --in_use_;
  }

  size_t in_use() const { return in_use_; }
  size_t capacity() const { return capacity_; }
  size_t high_water() const { return touched_; }  // maximum of in_use() so far

 private:
  struct Link {
    Link* next;
  };

  static constexpr size_t kAlignment = std::max(alignof(T), alignof(Link));
  // A free slot holds its link and at least one more word, which poisoned() tests.
  static constexpr size_t kSlotBytes =
      (std::max(sizeof(T), 2 * sizeof(Link)) + kAlignment - 1) / kAlignment * kAlignment;
  static_assert(kAlignment <= 4096, "a region is aligned to pages only");

  static size_t region_bytes(size_t capacity) {
    if (capacity > PTRDIFF_MAX / kSlotBytes) throw std::bad_array_new_length();
    return capacity * kSlotBytes;
  }

  void* take_slot() noexcept {
    if (free_ != nullptr) return reuse_slot();
    if (touched_ == capacity_) return nullptr;
    return region_.data() + kSlotBytes * touched_++;
  }

  void* reuse_slot() noexcept {
    Link* slot = free_;
    if constexpr (kPoison) require(poisoned(slot, kSlotBytes, sizeof(Link)), "was written to after it was given back");
    unpoison(slot, kSlotBytes, sizeof(Link));
    free_ = slot->next;
    return slot;
  }

  void check_given(const T* object) const noexcept {
    const auto address = reinterpret_cast<uintptr_t>(object);
    const uintptr_t offset = address - reinterpret_cast<uintptr_t>(region_.data());
    require(offset < touched_ * kSlotBytes && offset % kSlotBytes == 0, "does not come from this pool");
    require(!poisoned(object, kSlotBytes, sizeof(Link)), "was given back twice");
  }

  static void require(bool condition, const char* otherwise) noexcept {
    if (condition) return;
    std::fprintf(stderr, "An object of a pool %s.\n", otherwise);
    std::abort();
  }

  Region region_;
  size_t capacity_;
  Link* free_ = nullptr;
  size_t touched_ = 0;
  size_t in_use_ = 0;
};

}  // namespace duel::alloc

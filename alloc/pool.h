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

// A fixed number of objects of one type in one region of memory. After construction nothing is allocated.
//
// Last in, first out: the object given back last is taken next, and a new slot is touched only when every touched one
// is in use. So the resident pages follow the peak, not the capacity, and the next object is the one still in the
// cache.
//
//   slots:   [ used ][ free ][ used ][ free ]|[ never touched ...            ]
//                       ^---------------'    |
//                       last    free_        touched_ == high_water()
//
// For one thread. In debug and AddressSanitizer builds a foreign or second give(), and a write to an object that has
// been given back, end the process with a sentence.
template <class T>
class Pool {
 public:
  // Throws std::system_error if the kernel refuses, std::bad_array_new_length if no address space could hold it.
  explicit Pool(size_t capacity) : region_(region_bytes(capacity)), capacity_(capacity) {}
  // Every object should have been given back: destructors of the others are not run.
  ~Pool() {
    while (free_ != nullptr) reuse_slot();  // unpoisons: the kernel may hand these addresses out again
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A new T(arguments...), or null when capacity() objects are in use. It belongs to the pool: give() it back.
  template <class... Arguments>
  [[nodiscard]] T* take(Arguments&&... arguments) noexcept {
    static_assert(std::is_nothrow_constructible_v<T, Arguments...>, "a throwing constructor would lose its slot");
    void* slot = take_slot();
    if (slot == nullptr) return nullptr;
    ++in_use_;
    return ::new (slot) T(std::forward<Arguments>(arguments)...);
  }

  // Destroys the object, which must come from take() of this pool.
  void give(T* object) noexcept {
    if constexpr (kPoison) check_given(object);
    std::destroy_at(object);
    free_ = ::new (static_cast<void*>(object)) Link{free_};
    poison(free_, kSlotBytes, sizeof(Link));
    --in_use_;
  }

  size_t in_use() const { return in_use_; }
  size_t capacity() const { return capacity_; }
  size_t high_water() const { return touched_; }  // the most that were ever in use at once

 private:
  struct Link {
    Link* next;
  };

  static constexpr size_t kAlignment = std::max(alignof(T), alignof(Link));
  // A free slot holds its link and, to be found poisoned, at least one word more.
  static constexpr size_t kSlotBytes =
      (std::max(sizeof(T), 2 * sizeof(Link)) + kAlignment - 1) / kAlignment * kAlignment;
  static_assert(kAlignment <= 4096, "a region is aligned to pages and no further");

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

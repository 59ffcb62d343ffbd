#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include "router/gin/memory/arena.h"

namespace duel::gin {

// For handlers and middleware: names a value that one handler passes to the handlers after it. Keys are compared by
// address, so that no string is hashed and two keys of one name stay different.
//
//   inline constexpr gin::Key<User> kUser{"user"};
//   c.set(kUser, user);  ...  c.get(kUser)->name
template <class T>
struct Key {
  const char* name;  // for error messages
};

// The values of one request, stored in the context. At most kMaxKeys values of at most kValueBytes each.
class Keys {
 public:
  static constexpr size_t kMaxKeys = 8;      // room for a user, a request id, a deadline and a few more
  static constexpr size_t kValueBytes = 64;  // for a larger value, set a pointer

  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys() { clear(); }

  void clear() {
    while (size_ > 0) destroy(slots_[--size_]);
  }

  // Sets or replaces the value of the key. Throws std::length_error if this would be the ninth key.
  template <class T>
  void set(const Key<T>& key, T value) {
    static_assert(sizeof(T) <= kValueBytes, "the value is larger than Keys::kValueBytes; set a pointer to it instead");
    static_assert(alignof(T) <= alignof(std::max_align_t), "the value is over-aligned; set a pointer to it instead");
    static_assert(std::is_nothrow_move_constructible_v<T>, "the move constructor of the value must be noexcept");
    Slot* slot = find(&key);
    if (slot != nullptr) {
      destroy(*slot);
    } else {
      if (size_ == kMaxKeys) throw std::length_error("more than 8 keys are set in one request");
      slot = &slots_[size_++];
      slot->key = &key;
    }
    new (slot->value) T(std::move(value));
    slot->destroy = [](void* object) { static_cast<T*>(object)->~T(); };
    slot->copy = nullptr;
    if constexpr (std::is_same_v<T, std::string_view>) {
      slot->copy = [](void* to, const void* from, memory::Arena& arena) {
        new (to) T(arena.copy(*static_cast<const T*>(from)));
      };
    } else if constexpr (std::is_copy_constructible_v<T>) {
      slot->copy = [](void* to, const void* from, memory::Arena&) { new (to) T(*static_cast<const T*>(from)); };
    }
  }

  // Copies the values of `other`, except those of types that cannot be copied. For a string_view the bytes are copied
  // to the arena, too, because it may point into the memory of the request.
  void copy_from(const Keys& other, memory::Arena& arena) {
    clear();
    for (size_t i = 0; i < other.size_; ++i) {
      const Slot& from = other.slots_[i];
      if (from.copy == nullptr) continue;
      Slot& to = slots_[size_];
      from.copy(to.value, from.value, arena);
      to.key = from.key;
      to.destroy = from.destroy;
      to.copy = from.copy;
      ++size_;
    }
  }

  // Returns null if the key is not set.
  template <class T>
  T* get(const Key<T>& key) {
    Slot* slot = find(&key);
    return slot == nullptr ? nullptr : std::launder(reinterpret_cast<T*>(slot->value));
  }

 private:
  struct Slot {
    const void* key;
    void (*destroy)(void*);
    void (*copy)(void*, const void*, memory::Arena&);  // null if the value cannot be copied
    alignas(std::max_align_t) std::byte value[kValueBytes];
  };

  static void destroy(Slot& slot) { slot.destroy(slot.value); }

  Slot* find(const void* key) {
    for (size_t i = 0; i < size_; ++i) {
      if (slots_[i].key == key) return &slots_[i];
    }
    return nullptr;
  }

  size_t size_ = 0;
  std::array<Slot, kMaxKeys> slots_;  // NOLINT: only the first size_ are set
};

}  // namespace duel::gin

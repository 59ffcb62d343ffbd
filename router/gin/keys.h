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

// Names a value that middleware leaves for the handlers behind it. A key is its address, so that no two are mixed up
// and no string is hashed:  inline constexpr gin::Key<User> kUser{"user"};  c.set(kUser, user);  c.get(kUser)->name
template <class T>
struct Key {
  const char* name;  // for messages
};

// The values of one request; they live in the context.
class Keys {
 public:
  static constexpr size_t kMaxKeys = 8;      // middleware sets a user, a request id, a few more
  static constexpr size_t kValueBytes = 64;  // a value that is larger is set as a pointer

  Keys() = default;
  Keys(const Keys&) = delete;
  Keys& operator=(const Keys&) = delete;
  ~Keys() { clear(); }

  void clear() {
    while (size_ > 0) destroy(slots_[--size_]);
  }

  // Replaces the value of this key. Throws std::length_error beyond kMaxKeys.
  template <class T>
  void set(const Key<T>& key, T value) {
    static_assert(sizeof(T) <= kValueBytes, "set a pointer to it instead");
    static_assert(alignof(T) <= alignof(std::max_align_t), "set a pointer to it instead");
    static_assert(std::is_nothrow_move_constructible_v<T>, "a value that is set must not fail to move");
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

  // Takes the other's values over, except those that cannot be copied. Of a view its bytes, too: it may be one of the
  // request's memory.
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

  // Null if it was not set.
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
  std::array<Slot, kMaxKeys> slots_;  // NOLINT: only the first size_ mean anything
};

}  // namespace duel::gin

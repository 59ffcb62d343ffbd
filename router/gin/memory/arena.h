#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "alloc/poison.h"

namespace duel::gin::memory {

// For handlers (Context::arena()) and the rest of router/gin. A bump allocator for the short-lived bytes of one
// request: decoded paths, parameters, query values, locations and lists of them. reset() frees all of them at once. The
// first block is a member of the arena; of further blocks reset() keeps the largest, so that a warm context allocates
// nothing. In debug and AddressSanitizer builds reset() poisons the freed bytes.
class Arena {
 public:
  // Enough for a request line of usual length, decoded, cleaned and escaped once each.
  static constexpr size_t kBlockBytes = 4096;
  // The largest block that reset() keeps: one request with a large form or JSON body must not occupy memory forever.
  static constexpr size_t kKeptBytes = 64 * 1024;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { alloc::unpoison(inline_, kBlockBytes, 0); }

  // Returns `size` bytes, uninitialised, valid until reset(). shrink() gives back an unused end.
  char* take(size_t size) {
    if (static_cast<size_t>(end_ - next_) < size) [[unlikely]]
      add_block(size);
    char* taken = next_;
    next_ += size;
    alloc::unpoison(taken, size, 0);
    return taken;
  }
  // Gives back the end of the latest take(). Only the bytes before `end` are kept.
  void shrink(char* end) { next_ = end; }
  // Takes `max_size` bytes and calls fill(begin), which writes a text to them and returns the text's end. Returns the
  // text, which is valid until reset(). `fill` must not use the arena.
  template <class Fill>
  std::string_view write(size_t max_size, Fill fill) {
    char* const begin = take(max_size);
    char* const end = fill(begin);
    shrink(end);
    return {begin, static_cast<size_t>(end - begin)};
  }

  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    return {static_cast<char*>(std::memcpy(take(bytes.size()), bytes.data(), bytes.size())), bytes.size()};
  }
  // Returns `count` value-initialised objects, valid until reset(). They are never destroyed.
  template <class T>
  std::span<T> make(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= alignof(std::max_align_t));
    if (count == 0) return {};
    void* at = take(count * sizeof(T) + alignof(T));
    size_t room = count * sizeof(T) + alignof(T);
    T* first = static_cast<T*>(std::align(alignof(T), count * sizeof(T), at, room));
    std::uninitialized_value_construct_n(first, count);
    return {first, count};
  }

  void reset() {
    if (!blocks_.empty()) [[unlikely]]
      keep_largest();
    next_ = begin_;
    alloc::poison(begin_, static_cast<size_t>(end_ - begin_), 0);
  }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  void add_block(size_t size);
  void keep_largest();
  void begin_block(char* begin, size_t size) {
    begin_ = next_ = begin;
    end_ = begin + size;
  }

  char* begin_ = inline_;  // of the last block, which is the largest
  char* next_ = inline_;
  char* end_ = inline_ + kBlockBytes;
  std::vector<Block> blocks_;
  alignas(std::max_align_t) char inline_[kBlockBytes];  // NOLINT: not initialised, for speed
};

}  // namespace duel::gin::memory

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

// The response body while it is gathered: the first 4 KiB lie in the context, more moves to the heap. The heap block is
// kept for the next request, so that a worker that has sent a large response once does not allocate for the next,
// unless it is larger than kKeptBytes.
class Buffer {
 public:
  // Most API answers fit; also the size of a page, and of Go's bufio buffer for responses.
  static constexpr size_t kInlineBytes = 4096;
  // One report of many megabytes must not keep its memory from all later requests.
  static constexpr size_t kKeptBytes = 1024 * 1024;

  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void clear() {
    if (capacity() > kKeptBytes) [[unlikely]]
      use_inline();
    next_ = begin_;
  }
  size_t size() const { return static_cast<size_t>(next_ - begin_); }
  size_t capacity() const { return static_cast<size_t>(end_ - begin_); }
  // Until the next change.
  std::string_view view() const { return {begin_, size()}; }

  // For std::back_inserter.
  using value_type = char;
  void push_back(char byte) { append(byte); }

  // At least `size` writable bytes; valid until the next call. Follow with commit().
  char* reserve(size_t size) {
    if (static_cast<size_t>(end_ - next_) < size) [[unlikely]]
      grow(size);
    return next_;
  }
  void commit(size_t size) { next_ += size; }
  void truncate(size_t size) { next_ = begin_ + size; }
  // `bytes` may be a part of what is there.
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    if (static_cast<size_t>(end_ - next_) < bytes.size()) [[unlikely]]
      return append_and_grow(bytes);
    std::memcpy(next_, bytes.data(), bytes.size());
    next_ += bytes.size();
  }
  void append(char byte) {
    *reserve(1) = byte;
    commit(1);
  }

 private:
  void grow(size_t size);
  void append_and_grow(std::string_view bytes);
  void use_inline();

  char* begin_ = inline_;
  char* next_ = inline_;
  char* end_ = inline_ + kInlineBytes;
  std::unique_ptr<char[]> heap_;
  char inline_[kInlineBytes];  // NOLINT: left as it is, zeroing it would cost a microsecond in 20 requests
};

// Short-lived bytes of one request: decoded paths, parameters and query values, locations, lists of them. Everything
// goes at once with reset(). The first block lies in the arena; beyond it the largest is kept, so that a warm context
// allocates nothing. In debug and AddressSanitizer builds what was given out is poisoned by reset().
class Arena {
 public:
  // A request line is at most 8 KiB and is decoded, cleaned and escaped at most once each in ordinary use.
  static constexpr size_t kBlockBytes = 4096;
  // One request with a large form or JSON body must not keep its memory from all later ones.
  static constexpr size_t kKeptBytes = 64 * 1024;

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { alloc::unpoison(inline_, kBlockBytes, 0); }

  // Valid until reset(). Give back what was not needed with shrink().
  char* take(size_t size) {
    if (static_cast<size_t>(end_ - next_) < size) [[unlikely]]
      add_block(size);
    char* taken = next_;
    next_ += size;
    alloc::unpoison(taken, size, 0);
    return taken;
  }
  // Gives back the end of the latest take(): it keeps the bytes before `end`.
  void shrink(char* end) { next_ = end; }

  std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    return {static_cast<char*>(std::memcpy(take(bytes.size()), bytes.data(), bytes.size())), bytes.size()};
  }
  // Value-initialised; never destroyed.
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

  char* begin_ = inline_;  // of the last block, the largest
  char* next_ = inline_;
  char* end_ = inline_ + kBlockBytes;
  std::vector<Block> blocks_;
  alignas(std::max_align_t) char inline_[kBlockBytes];  // NOLINT: as in Buffer
};

// What a context keeps from one request to the next.
struct Memory {
  Arena arena;
  Buffer buffer;
};

}  // namespace duel::gin::memory

#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace duel::gin::memory {

// For gin::Context and the JSON writer. The response body while it is gathered. The first 4 KiB are stored in the
// object itself; a larger body moves to a heap block. clear() keeps a heap block of up to kKeptBytes, so that only the
// first large response of a context allocates.
class Buffer {
 public:
  // Most API responses fit. It is also the size of a page and of the bufio buffer that net/http uses for responses.
  static constexpr size_t kInlineBytes = 4096;
  // The largest heap block that clear() keeps: one response of many megabytes must not occupy memory forever.
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
  // Valid until the next change.
  std::string_view view() const { return {begin_, size()}; }

  // For std::back_inserter.
  using value_type = char;
  void push_back(char byte) { append(byte); }

  // Returns room for at least `size` bytes, valid until the next call. Write there, then call commit().
  char* reserve(size_t size) {
    if (static_cast<size_t>(end_ - next_) < size) [[unlikely]]
      grow(size);
    return next_;
  }
  void commit(size_t size) { next_ += size; }
  void truncate(size_t size) { next_ = begin_ + size; }
  // `bytes` may be a part of this buffer.
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
  char inline_[kInlineBytes];  // NOLINT: not initialised; zeroing would cost 50 ns per request
};

}  // namespace duel::gin::memory

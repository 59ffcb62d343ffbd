#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

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

}  // namespace duel::gin::memory

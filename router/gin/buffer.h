#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace duel::gin {

// The response body while it is gathered: the first 4 KiB lie in the context, more moves to the heap. The heap block is
// kept for the next request, so that a worker that has sent a large response once does not allocate for the next.
class Buffer {
 public:
  // Most API answers fit; also the size of a page, and of Go's bufio buffer for responses.
  static constexpr size_t kInlineBytes = 4096;

  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void clear() { next_ = begin_; }
  size_t size() const { return static_cast<size_t>(next_ - begin_); }
  std::string_view view() const { return {begin_, size()}; }

  // At least `size` writable bytes; valid until the next call. Follow with commit().
  char* reserve(size_t size) {
    if (static_cast<size_t>(end_ - next_) < size) [[unlikely]]
      grow(size);
    return next_;
  }
  void commit(size_t size) { next_ += size; }
  void append(std::string_view bytes) {
    std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }
  void append(char byte) {
    *reserve(1) = byte;
    commit(1);
  }

 private:
  void grow(size_t size);

  char* begin_ = inline_;
  char* next_ = inline_;
  char* end_ = inline_ + kInlineBytes;
  std::unique_ptr<char[]> heap_;
  char inline_[kInlineBytes];  // NOLINT: left as it is, zeroing it would cost a microsecond in 20 requests
};

// Short-lived bytes of one request: decoded paths, parameters and query values, locations. Everything goes at once with
// reset(), which keeps the largest block, so that a warm context allocates nothing.
class Arena {
 public:
  // A request line is at most 8 KiB and is decoded, cleaned and escaped at most once each in ordinary use.
  static constexpr size_t kBlockBytes = 4096;

  // Valid until reset(). Give back what was not needed with shrink().
  char* take(size_t size) {
    if (static_cast<size_t>(end_ - next_) < size) [[unlikely]]
      add_block(size);
    char* taken = next_;
    next_ += size;
    return taken;
  }
  // Gives back the end of the latest take(): it keeps the bytes before `end`.
  void shrink(char* end) { next_ = end; }

  void reset() {
    if (blocks_.size() > 1) [[unlikely]]
      drop_all_but_last();
    next_ = begin_;
  }

 private:
  void add_block(size_t size);
  void drop_all_but_last();

  char* begin_ = nullptr;  // of the last block, the largest
  char* next_ = nullptr;
  char* end_ = nullptr;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace duel::gin

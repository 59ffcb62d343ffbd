#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace duel::http {

// Serialised response bytes of one connection, contiguous. Starts in space that somebody else owns (a part of a send
// block) and moves to the heap when that is too small, which counts as an allocation: responses that fit allocate
// nothing.
class Output {
 public:
  Output(char* first, char* last) : begin_(first), next_(first), last_(last) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // At least `size` writable bytes; valid until the next call. Follow with commit().
  char* reserve(size_t size) {
    if (static_cast<size_t>(last_ - next_) < size) grow(size);
    return next_;
  }
  void commit(size_t size) { next_ += size; }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;  // memcpy takes no null, not even for nothing
    std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }

  std::string_view bytes() const { return {begin_, size()}; }
  size_t size() const { return static_cast<size_t>(next_ - begin_); }
  bool empty() const { return next_ == begin_; }
  void clear() { next_ = begin_; }

  // Whether `size` bytes more would leave the space that somebody else owns.
  bool would_leave_space(size_t size) const { return !on_heap() && static_cast<size_t>(last_ - next_) < size; }

  bool on_heap() const { return heap_ != nullptr; }
  // Hands over the heap block that holds bytes(); only if on_heap().
  std::unique_ptr<char[]> release() { return std::move(heap_); }

 private:
  void grow(size_t size);  // cold

  char* begin_;
  char* next_;
  char* last_;
  std::unique_ptr<char[]> heap_;
};

}  // namespace duel::http

// For the core, and for tests that read the bytes of a response.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace duel::http {

// The serialised responses of one connection, contiguous. Starts in space that the caller owns (a part of a send block)
// and moves to the heap if the space is too small. Responses that fit into the space allocate no memory. For one
// thread.
class Output {
 public:
  Output(char* first, char* last) : begin_(first), next_(first), last_(last) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Returns at least `size` writable bytes, valid until the next call. Call commit() with the number of bytes written.
  char* reserve(size_t size) {
    if (static_cast<size_t>(last_ - next_) < size) grow(size);
    return next_;
  }
  void commit(size_t size) { next_ += size; }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;  // memcpy must not get a null pointer, even for 0 bytes
    std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }

  std::string_view bytes() const { return {begin_, size()}; }
  size_t size() const { return static_cast<size_t>(next_ - begin_); }
  bool empty() const { return next_ == begin_; }
  void clear() { next_ = begin_; }

  // Whether `size` more bytes would not fit into the caller's space.
  bool would_leave_space(size_t size) const { return !on_heap() && static_cast<size_t>(last_ - next_) < size; }

  bool on_heap() const { return heap_ != nullptr; }
  // Gives the caller the heap block that holds bytes(). Requires on_heap().
  std::unique_ptr<char[]> release() { return std::move(heap_); }

 private:
  void grow(size_t size);  // the slow path, not inlined

  char* begin_;
  char* next_;
  char* last_;
  std::unique_ptr<char[]> heap_;
};

}  // namespace duel::http

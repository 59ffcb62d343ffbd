#include "router/gin/memory/buffer.h"

#include <algorithm>
#include <utility>

namespace duel::gin::memory {

void Buffer::grow(size_t size) {
  const size_t used = this->size();
  const size_t capacity = std::max(2 * this->capacity(), used + size);
  auto block = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(block.get(), begin_, used);
  heap_ = std::move(block);
  begin_ = heap_.get();
  next_ = begin_ + used;
  end_ = begin_ + capacity;
}

void Buffer::append_and_grow(std::string_view bytes) {
  const std::unique_ptr<char[]> old = std::move(heap_);  // keeps `bytes` valid if they are part of it
  grow(bytes.size());
  std::memcpy(next_, bytes.data(), bytes.size());
  next_ += bytes.size();
}

void Buffer::use_inline() {
  heap_.reset();
  begin_ = inline_;
  end_ = inline_ + kInlineBytes;
}

}  // namespace duel::gin::memory

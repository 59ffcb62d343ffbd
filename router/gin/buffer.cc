#include "router/gin/buffer.h"

#include <algorithm>
#include <utility>

namespace duel::gin {

void Buffer::grow(size_t size) {
  const size_t used = this->size();
  const size_t capacity = std::max(2 * static_cast<size_t>(end_ - begin_), used + size);
  auto block = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(block.get(), begin_, used);
  heap_ = std::move(block);
  begin_ = heap_.get();
  next_ = begin_ + used;
  end_ = begin_ + capacity;
}

void Arena::add_block(size_t size) {
  const size_t capacity = std::max({kBlockBytes, 2 * static_cast<size_t>(end_ - begin_), size});
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(capacity));
  begin_ = next_ = blocks_.back().get();
  end_ = begin_ + capacity;
}

void Arena::drop_all_but_last() {
  blocks_.erase(blocks_.begin(), blocks_.end() - 1);
}

}  // namespace duel::gin

#include "router/gin/memory/arena.h"

#include <algorithm>

namespace duel::gin::memory {

void Arena::add_block(size_t size) {
  const size_t capacity = std::max(2 * static_cast<size_t>(end_ - begin_), size);
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(capacity), capacity});
  begin_block(blocks_.back().bytes.get(), capacity);
}

void Arena::keep_largest() {
  if (blocks_.back().size > kKeptBytes) {
    blocks_.clear();
    begin_block(inline_, kBlockBytes);
    return;
  }
  alloc::poison(inline_, kBlockBytes, 0);
  blocks_.erase(blocks_.begin(), blocks_.end() - 1);
}

}  // namespace duel::gin::memory

#include "http/core/send_blocks.h"

namespace duel::http::core {

SendBlocks::SendBlocks() : region_(limits::kSendBlocks * limits::kSendBlockBytes) {
  for (BlockId block = limits::kSendBlocks; block > 0; --block) free_[free_count_++] = static_cast<BlockId>(block - 1);
}

bool SendBlocks::start_block() {
  if (free_count_ == 0) return false;
  // Unfinished sends still hold the full block; otherwise release() would have reset used_. The last of these sends
  // releases it.
  current_ = free_[--free_count_];
  used_ = 0;
  return true;
}

void SendBlocks::hold(BlockId block, size_t size) {
  used_ += size;
  ++holders_[block];
}

void SendBlocks::release(BlockId block) {
  if (--holders_[block] > 0) return;
  if (block == current_) {
    used_ = 0;
  } else {
    free_[free_count_++] = block;
  }
}

}  // namespace duel::http::core

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "alloc/region.h"
#include "http/limits.h"

namespace duel::http::core {

// Space for the answers of one batch of requests: the answers of all connections lie one behind the other in a block.
//
// A part of a block is in use until the send that was queued for it completes. These sends never wait (MSG_DONTWAIT):
// they complete while they are submitted, and what a slow client did not take is copied away. So a block is free again
// after one turn of the loop whatever clients do, and a server that answers 500 connections a turn touches one or two.
class SendBlocks {
 public:
  using BlockId = uint16_t;
  static constexpr BlockId kNone = 0xffff;

  struct Space {
    char* first = nullptr;
    char* last = nullptr;
    BlockId block = kNone;
  };

  SendBlocks();

  // What is left of the current block, or a fresh one. Empty (block == kNone) when all are in use.
  Space space();
  // `size` bytes of the space just asked for go out: the block is held until release().
  void hold(BlockId block, size_t size);
  void release(BlockId block);

 private:
  // Answers up to this size find room whatever went out before them.
  static constexpr size_t kWorthStartingBytes = 16 * 1024;

  char* begin(BlockId block) { return region_.data() + block * limits::kSendBlockBytes; }

  alloc::Region region_;
  std::array<uint32_t, limits::kSendBlocks> holders_{};
  std::array<BlockId, limits::kSendBlocks> free_{};  // a stack: the block used last is the one in the cache
  size_t free_count_ = 0;
  BlockId current_ = kNone;
  size_t used_ = 0;  // of the current block
};

}  // namespace duel::http::core

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "alloc/region.h"
#include "http/limits.h"

namespace duel::http::core {

// Space for the answers of one batch of completions. The answers of all connections follow each other in a block.
//
// A part of a block is in use until its send completes. These sends never wait (MSG_DONTWAIT): they complete during
// submission, and the bytes that the socket did not accept are copied to the heap. So every block is free again after
// one iteration of the event loop, even if clients do not read, and a worker that answers 250 connections per iteration
// uses one or two blocks.
class SendBlocks {
 public:
  using BlockId = uint8_t;  // a connection has one, and idle connections shall be small
  static constexpr BlockId kNone = 0xff;
  static_assert(limits::kSendBlocks < kNone);

  struct Space {
    char* first = nullptr;
    char* last = nullptr;
    BlockId block = kNone;
  };

  SendBlocks();

  // Returns the rest of the current block, or a new block. Empty (block == kNone) if all blocks are in use. Inline, so
  // that the result is in registers: returned in memory, it was written by words of 8 bytes and read at once by one of
  // 16, and the CPU waits then until the words are in its cache.
  Space space() {
    const bool full = current_ == kNone || limits::kSendBlockBytes - used_ < kWorthStartingBytes;
    if (full && !start_block()) return {};
    return {begin(current_) + used_, begin(current_) + limits::kSendBlockBytes, current_};
  }
  // `size` bytes of the last space() are being sent: the block stays in use until release().
  void hold(BlockId block, size_t size);
  void release(BlockId block);

 private:
  // space() returns at least this many bytes, so that answers up to this size need no heap.
  static constexpr size_t kWorthStartingBytes = 16 * 1024;

  bool start_block();  // returns false if all blocks are in use
  char* begin(BlockId block) { return region_.data() + block * limits::kSendBlockBytes; }

  alloc::Region region_;
  std::array<uint32_t, limits::kSendBlocks> holders_{};
  std::array<BlockId, limits::kSendBlocks> free_{};  // a stack: the block used last is in the CPU's cache
  size_t free_count_ = 0;
  BlockId current_ = kNone;
  size_t used_ = 0;  // of the current block
};

}  // namespace duel::http::core

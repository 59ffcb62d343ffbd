#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "alloc/region.h"
#include "http/limits.h"
#include "http/ring_sizes.h"

namespace duel::http::core {

enum class Operation : uint8_t { kAccept, kClient, kReceive, kSend, kReadFile, kCancel, kTimer, kWake };

// Identifies the operation and the connection of a completion; packed into its user_data. The generation counts the
// uses of a slot, so that a completion of an earlier connection is never delivered to the connection that has the slot
// now.
struct Tag {
  Operation operation = Operation::kWake;
  uint32_t generation = 0;  // only the lower 24 bits are used
  uint32_t slot = 0;

  uint64_t pack() const {
    return uint64_t{static_cast<uint8_t>(operation)} << 56 | uint64_t{generation & kGenerationMask} << 32 | slot;
  }
  static Tag unpack(uint64_t data) {
    return {static_cast<Operation>(data >> 56), static_cast<uint32_t>(data >> 32) & kGenerationMask,
            static_cast<uint32_t>(data)};
  }
  static constexpr uint32_t kGenerationMask = 0xff'ffff;
};

struct Completion {
  Tag tag;
  int result = 0;     // bytes, a descriptor, or a negative errno
  bool more = false;  // the multishot operation stays armed
  int buffer = -1;    // the receive buffer that holds the bytes, to be returned with give_buffer(); -1: none
};

// One io_uring and its receive buffers. Only for the thread that constructed it (IORING_SETUP_SINGLE_ISSUER). If the
// submission queue is full, the queued operations are submitted first. Every function that may submit throws
// std::system_error if the ring has failed.
class Ring {
 public:
  // Throws StartError.
  explicit Ring(const RingSizes& sizes);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // Abandons the operations in flight. Socket operations access no memory of this process afterwards; a file read does,
  // until the disk has answered. After close(), the object can only be destroyed.
  void close();

  void accept(int listener, Tag tag);  // multishot
  void receive(int socket, Tag tag);   // multishot, into a receive buffer
  // `flags` are those of send(2). With MSG_DONTWAIT the send completes during its submission; if the socket's buffer is
  // full, it is short or -EAGAIN.
  void send(int socket, std::span<const char> bytes, int flags, Tag tag);
  void read_file(int file, std::span<char> to, uint64_t offset, Tag tag);
  void await_readable(int descriptor, Tag tag);  // one-shot
  void cancel(Tag operation);
  void wake_at(int64_t monotonic_ms, Tag tag);
  void move_wake(int64_t monotonic_ms, Tag tag);  // changes the time of wake_at(); no effect if it has fired

  // Submits what is queued and waits for at least one completion.
  void submit_and_wait() { enter(1); }

  // Calls `each` for every available completion, and returns their number. `each` may queue operations and return
  // buffers.
  template <typename Each>
  unsigned for_each_completion(Each each) {
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* entry = nullptr;
    io_uring_for_each_cqe(&ring_, head, entry) {
      ++count;
      each(completion_of(*entry));
    }
    io_uring_cq_advance(&ring_, count);
    publish_buffers();
    return count;
  }

  // Whether completions wait to be handled. If not, no received bytes are on their way either: the kernel moves bytes
  // only during io_uring_enter(2) of this thread (IORING_SETUP_DEFER_TASKRUN).
  bool has_completions() const { return io_uring_cq_ready(&ring_) > 0 || io_uring_cq_has_overflow(&ring_); }

  char* buffer(int id) { return buffers_.data() + static_cast<size_t>(id) * limits::kReceiveBufferBytes; }
  // Call it when a receive has failed with -ENOBUFS. Doubles the number of buffers, up to the limit. Has an effect once
  // per for_each_completion().
  void add_buffers();
  // Returns a buffer to the kernel, which may use it from the next io_uring_enter(2) on.
  void give_buffer(int id);

  uint64_t enters() const { return enters_; }  // number of io_uring_enter(2) calls

 private:
  int probe();
  int register_buffers();
  io_uring_sqe* next_entry();
  void enter(unsigned wait_for);
  static Completion completion_of(const io_uring_cqe& entry);

  void publish_buffers();
  void advance_buffers();

  size_t buffer_ring_bytes() const { return sizes_.receive_buffers * sizeof(io_uring_buf); }

  RingSizes sizes_;
  io_uring ring_{};
  alloc::Region buffers_;
  io_uring_buf_ring* buffer_ring_ = nullptr;  // null: closed
  unsigned provided_ = 0;                     // buffers that the ring uses
  int given_ = 0;                             // buffers added since the last publish
  bool grown_ = false;                        // add_buffers() had an effect since the last publish
  __kernel_timespec timer_{};                 // the kernel reads it at submission
  uint64_t enters_ = 0;
};

}  // namespace duel::http::core

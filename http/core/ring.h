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

// What a completion belongs to, packed into user_data. The generation counts how often a slot has been used, so that a
// late completion never touches the connection that has the slot now.
struct Tag {
  Operation operation = Operation::kWake;
  uint32_t generation = 0;  // the lower 24 bits count
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
  bool more = false;  // the operation stays armed (multishot)
  int buffer = -1;    // receive buffer that holds the bytes; give_buffer() it back
};

// One io_uring and its receive buffers. For the thread that made it (IORING_SETUP_SINGLE_ISSUER).
// A full submission queue is submitted first. Whatever submits throws std::system_error if the ring itself is broken.
class Ring {
 public:
  // Throws StartError, one sentence with the cause and the cure.
  explicit Ring(const RingSizes& sizes);
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  // Gives up everything in flight. Sockets touch no memory of ours any more; a file that is being read does, until its
  // disk has answered. Only to be destroyed after.
  void close();

  void accept(int listener, Tag tag);  // multishot
  void receive(int socket, Tag tag);   // multishot, into a receive buffer
  // `now_or_never`: completes within the submission, short or with -EAGAIN if the socket's buffer is full.
  void send(int socket, std::span<const char> bytes, bool now_or_never, Tag tag);
  void read_file(int file, std::span<char> to, uint64_t offset, Tag tag);
  void await_readable(int descriptor, Tag tag);  // once
  void cancel(Tag operation);
  void wake_at(int64_t monotonic_ms, Tag tag);
  void move_wake(int64_t monotonic_ms, Tag tag);  // to another time; if it has fired, nothing happens

  // Submits what is queued and waits for at least one completion.
  void submit_and_wait() { enter(1); }

  // Calls `each` for every completion there is, and returns how many that were; `each` may queue operations and give
  // buffers back.
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

  // Whether completions wait to be handled. Between two calls of for_each_completion() this is all that is on its way
  // from the sockets to us: the kernel moves bytes only while we are in it (IORING_SETUP_DEFER_TASKRUN).
  bool has_completions() const { return io_uring_cq_ready(&ring_) > 0 || io_uring_cq_has_overflow(&ring_); }

  char* buffer(int id) { return buffers_.data() + static_cast<size_t>(id) * limits::kReceiveBufferBytes; }
  // After a receive has failed with -ENOBUFS: as many again, up to the limit, once for all that failed together.
  void add_buffers();
  void give_buffer(int id);  // the kernel's again when for_each_completion() returns

  uint64_t enters() const { return enters_; }  // io_uring_enter(2) calls so far

 private:
  int register_buffers();
  io_uring_sqe* next_entry();
  void enter(unsigned wait_for);
  static Completion completion_of(const io_uring_cqe& entry);

  void publish_buffers();

  size_t buffer_ring_bytes() const { return sizes_.receive_buffers * sizeof(io_uring_buf); }

  RingSizes sizes_;
  io_uring ring_{};
  alloc::Region buffers_;
  io_uring_buf_ring* buffer_ring_ = nullptr;  // null: closed
  unsigned provided_ = 0;                     // buffers that take part
  int given_ = 0;                             // buffers added since the last publish
  bool grown_ = false;                        // since the last publish
  __kernel_timespec timer_{};                 // read by the kernel when it is submitted
  uint64_t enters_ = 0;
};

}  // namespace duel::http::core

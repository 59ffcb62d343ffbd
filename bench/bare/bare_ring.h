#pragma once

#include <liburing.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace duel::bare {

// Gives each received piece the same answer and looks at none of its bytes. So each request must arrive in one piece,
// and a connection must have only one request in flight. It shares no code with the core, because it is the measure of
// the core. With the maximum of open connections it accepts no client; further clients wait in the kernel's queue.
class BareRing {
 public:
  // `listener` is a listening socket that outlives this object.
  BareRing(int listener, uint32_t max_connections);
  BareRing(const BareRing&) = delete;
  BareRing& operator=(const BareRing&) = delete;

  // Serves without end, on the thread that called it first. Throws std::system_error if the ring cannot be set up.
  void run();

  // For any thread: since the start, what was answered and accepted, and the number of io_uring_enter(2) calls.
  uint64_t requests() const { return requests_.load(std::memory_order_relaxed); }
  uint64_t enters() const { return enters_.load(std::memory_order_relaxed); }
  uint64_t connections() const { return connections_.load(std::memory_order_relaxed); }

 private:
  void make_buffers();
  void give_buffer(unsigned id);
  io_uring_sqe* next_entry();
  void accept();
  void receive(int socket);
  void on_completion(const io_uring_cqe& completion);
  void on_accepted(int socket);
  void on_received(int socket, const io_uring_cqe& completion);

  int listener_;
  uint32_t max_connections_;
  io_uring ring_{};
  io_uring_buf_ring* buffer_ring_ = nullptr;
  std::vector<char> buffers_;
  int given_ = 0;  // buffers that the kernel may use after the next io_uring_buf_ring_advance()
  uint32_t open_ = 0;
  // Only the thread of run() writes them.
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> connections_{0};
  std::atomic<uint64_t> enters_{0};
};

}  // namespace duel::bare

#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <vector>

#include "tests/http/core/fault/choices.h"

// The kernel's side of one io_uring, played in this process: liburing's functions that enter the kernel are defined
// here, and a test executable that links this file runs http/core/ring.cc, unchanged, on top of it.
//
// Sockets and files are real, but an operation gets on only when the schedule says so: as far as it says, in the order
// that it says, or with an error in the place of a result. The clocks of the worker (CLOCK_MONOTONIC and
// CLOCK_REALTIME_COARSE) stand still but for what the schedule adds. The clients move while the worker waits, on the
// same thread: a seed replays.
namespace duel::http::testing {

// What is outside of the server.
class World {
 public:
  virtual ~World() = default;
  // Does one thing if anybody likes; false if not. `must`: whoever can likes, so that false says that nobody can do
  // anything before the server does.
  virtual bool step(bool must) = 0;
  // The server's end of a new connection, or -1 if nobody waits for one.
  virtual int connect() = 0;
  virtual bool somebody_connects() const = 0;
  // The server was told of an error on `socket` (-1: on a file) that the client has not caused.
  virtual void on_fault(int socket) = 0;
  // Nothing moves any more. True if something was started that may move it.
  virtual bool on_quiet() = 0;
};

// One in so many operations meets each of these; 0 is never.
struct Faults {
  uint32_t no_buffers = 0;       // ENOBUFS although there are some
  uint32_t receive_ends = 0;     // a multishot receive that has to be armed again
  uint32_t receive_errors = 0;   // ECONNRESET
  uint32_t short_sends = 0;      // part of what the socket would take
  uint32_t send_errors = 0;      // EPIPE
  uint32_t no_descriptors = 0;   // EMFILE at accept
  uint32_t accept_ends = 0;      // a multishot accept that has to be armed again
  uint32_t file_errors = 0;      // EIO
  uint32_t short_reads = 0;      // of a file
  uint32_t refused_enters = 0;   // EINTR, EAGAIN, EBUSY
  uint32_t partial_submits = 0;  // the kernel takes some of the queue
  uint32_t broken_enters = 0;    // EBADF: the ring is lost
  uint32_t no_memory = 0;        // an allocation of the server fails
  uint32_t clock_jumps = 0;      // of the wall clock, by up to a day in either direction

  bool operator==(const Faults&) const = default;
};

class Kernel {
 public:
  // At most one at a time in a thread. The entries are those of the ring to be made, powers of two; 0: as it asks for.
  Kernel(Choices& choices, World& world, const Faults& faults, unsigned submission_entries = 0,
         unsigned completion_entries = 0);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  static Kernel* current();  // of this thread; null: none

  int64_t now_ms() const { return now_ms_; }
  int64_t read_wall_clock_s();
  const std::set<int64_t>& wall_clock_read_s() const { return wall_clock_read_s_; }  // every second that was told
  uint64_t completions() const { return completions_; }
  uint64_t overflows() const { return overflows_; }  // completions that found the queue full
  uint64_t full_submissions() const { return full_submissions_; }
  uint64_t faults() const { return faults_met_; }
  // For operator new: whether the server, which runs now and not the world, is out of memory.
  bool refuses_memory();

  // What liburing's functions of these names come to.
  int queue_init(unsigned entries, io_uring* ring, const io_uring_params& params);
  int register_buf_ring(const io_uring_buf_reg& registration);
  int enter(unsigned wait_for);
  void queue_exit();

 private:
  enum class Progress : uint8_t { kNone, kSome, kDone };

  int run_world(unsigned wait_for);
  bool fault(uint32_t one_in);
  bool submit();
  void start(const io_uring_sqe& entry);
  void arm_timeout(const io_uring_sqe& entry);
  void cancel(const io_uring_sqe& entry);
  void move_timeout(const io_uring_sqe& entry);

  bool something_moves();
  bool everything_is_tried();
  bool time_passes();
  bool get_on(size_t index);
  Progress get_on_with(const io_uring_sqe& entry);
  Progress accept(const io_uring_sqe& entry);
  Progress receive(const io_uring_sqe& entry);
  Progress send(const io_uring_sqe& entry);
  Progress read_file(const io_uring_sqe& entry);
  Progress poll(const io_uring_sqe& entry);

  void complete(const io_uring_sqe& entry, int result, uint32_t flags = 0);
  void deliver();

  Choices& choices_;
  World& world_;
  Faults faults_;
  unsigned submission_entries_;
  unsigned completion_entries_;

  io_uring* ring_ = nullptr;
  std::vector<io_uring_sqe> submission_queue_;
  std::vector<io_uring_cqe> completion_queue_;
  unsigned submission_flags_ = 0;
  unsigned submission_head_ = 0;
  unsigned submission_tail_ = 0;
  unsigned completion_head_ = 0;
  unsigned completion_tail_ = 0;
  io_uring_buf_ring* buffers_ = nullptr;
  unsigned buffer_mask_ = 0;
  uint16_t buffer_head_ = 0;

  std::vector<io_uring_sqe> armed_;  // a timeout's `off` holds when it fires
  std::deque<io_uring_cqe> due_;
  int listener_ = -1;
  int64_t now_ms_ = 1'000'000;
  int64_t wall_clock_ahead_s_ = 1'700'000'000;
  std::set<int64_t> wall_clock_read_s_;
  uint64_t completions_ = 0;
  uint64_t overflows_ = 0;
  uint64_t full_submissions_ = 0;
  uint64_t faults_met_ = 0;
  bool server_runs_ = false;
};

}  // namespace duel::http::testing

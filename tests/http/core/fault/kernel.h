#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "tests/http/core/fault/choices.h"

// Simulates the kernel's side of one io_uring in this process. This file defines the functions of liburing that enter
// the kernel; a test executable that links it runs http/core/ring.cc unchanged.
//
// Sockets and files are real, but the schedule decides when an operation makes progress, how far, in which order, and
// whether it fails with an error. The clocks of the worker (CLOCK_MONOTONIC and CLOCK_REALTIME_COARSE) advance only as
// the schedule says. The clients run on the same thread while the worker waits, so a seed always gives the same run.
namespace duel::http::testing {

// The environment of the server: its clients.
class World {
 public:
  virtual ~World() = default;
  // Lets one client make a step at random; returns false if no client made a step. If `must` is set, a client that can
  // make a step makes it, so false means that all clients wait for the server.
  virtual bool step(bool must) = 0;
  // The server's end of a new connection, or -1 if no client waits.
  virtual int connect() = 0;
  virtual bool client_connects() const = 0;
  // The kernel calls this when it reports a simulated error of `socket` to the server. -1 means that any connection may
  // be affected.
  virtual void on_fault(int socket) = 0;
  // The kernel calls this when no operation can make progress. Returns true if the function has changed something, so
  // that progress may be possible again.
  virtual bool on_quiet() = 0;
  // Whether the disk can read now.
  virtual bool disk_is_ready() { return true; }
};

// The value N of a fault means that it happens in one of N operations on average; 0 means never.
struct Faults {
  uint32_t no_buffers = 0;       // ENOBUFS although there are buffers
  uint32_t receive_ends = 0;     // a multishot receive ends without an error
  uint32_t receive_errors = 0;   // ECONNRESET
  uint32_t short_sends = 0;      // the socket accepts fewer bytes
  uint32_t send_errors = 0;      // EPIPE
  uint32_t no_descriptors = 0;   // EMFILE at accept
  uint32_t accept_ends = 0;      // a multishot accept ends without an error
  uint32_t file_errors = 0;      // EIO
  uint32_t short_reads = 0;      // of a file
  uint32_t refused_enters = 0;   // EINTR, EAGAIN, EBUSY
  uint32_t partial_submits = 0;  // the kernel submits only a part of the queue
  uint32_t broken_enters = 0;    // EBADF: the ring has failed
  uint32_t no_memory = 0;        // an allocation of the server fails
  uint32_t clock_jumps = 0;      // of the wall clock, by up to a day in either direction

  bool operator==(const Faults&) const = default;
};

// The capacity of each direction of a connection, in bytes. It is small, so that answers fill it. The capacity of a
// real socket depends on the kernel's version: with it, a seed would not give the same schedule everywhere.
inline constexpr size_t kSocketBytes = 8 * 1024;

class Kernel {
 public:
  // A connection: what is under way, and what each side may still do. The clients keep it up to date too, so that only
  // calls that succeed reach the real socket.
  struct Socket {
    size_t to_server = 0;  // bytes
    size_t to_client = 0;
    size_t most_to_client = kSocketBytes;
    bool client_shut = false;    // the client sends nothing more
    bool client_closed = false;  // and reads nothing more
    bool server_shut = false;    // the server has called shutdown(); the real socket decides
  };

  // A thread must not have more than one Kernel at a time. The sizes of both queues are powers of two; 0 means the size
  // that the ring requests.
  Kernel(Choices& choices, World& world, const Faults& faults, unsigned submission_entries = 0,
         unsigned completion_entries = 0);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  static Kernel* current();  // of this thread; null if there is none

  int64_t now_ms() const { return now_ms_; }
  void pass_ms(int64_t ms) { now_ms_ += ms; }
  int64_t read_wall_clock_s();
  const std::set<int64_t>& wall_clock_read_s() const {
    return wall_clock_read_s_;
  }  // every second that the clock has shown
  uint64_t completions() const { return completions_; }
  uint64_t overflows() const { return overflows_; }  // completions that found the queue full
  uint64_t full_submissions() const { return full_submissions_; }
  uint64_t faults() const { return faults_met_; }
  // `server_end` is the number of the server's socket.
  Socket& socket(int server_end) { return sockets_.at(server_end); }
  // Null if there is no Kernel on this thread, or if this is not the server's socket of a client.
  static Socket* find_socket(int file);
  // A number that changes when the server has run, so that it may have closed a socket.
  uint64_t server_turns() const { return server_turns_; }

  // Operator new asks this function whether to fail. Only allocations of the server fail.
  bool refuses_memory();

  // The implementations of liburing's functions with these names.
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
  void take_buffers();

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
  uint16_t buffer_tail_ = 0;         // up to which the given buffers have been seen
  std::set<uint16_t> lent_buffers_;  // that the server has not given back

  std::vector<io_uring_sqe> armed_;  // of a timeout, `off` is the time when it fires
  std::deque<io_uring_cqe> due_;
  std::map<int, Socket> sockets_;
  uint64_t server_turns_ = 0;
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

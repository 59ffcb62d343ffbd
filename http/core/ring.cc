#include "http/core/ring.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "http/core/ring_errors.h"

namespace duel::http::core {
namespace {

constexpr int kBufferGroup = 0;

__kernel_timespec timespec_of(int64_t ms) {
  return {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1'000'000};
}

}  // namespace

Ring::Ring(const RingSizes& sizes)
    : sizes_(sizes), buffers_(sizes.receive_buffers * limits::kReceiveBufferBytes + limits::kReadAheadBytes) {
  io_uring_params params{};
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN |
                 IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  params.cq_entries = sizes_.completions;
  if (const int result = io_uring_queue_init_params(sizes_.submissions, &ring_, &params); result < 0) {
    throw explain_ring_error(-result);
  }
  if (const int error = probe(); error != 0) {
    io_uring_queue_exit(&ring_);
    throw explain_ring_error(error);
  }
  add_buffers();
  publish_buffers();
}

// A seccomp profile may allow some of the three system calls. Returns 0 or an errno.
int Ring::probe() {
  if (const int result = io_uring_get_events(&ring_); result < 0) return -result;
  return register_buffers();
}

// Returns 0 or an errno.
int Ring::register_buffers() {
  void* const memory = mmap(nullptr, buffer_ring_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return errno;
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<uintptr_t>(memory);
  registration.ring_entries = sizes_.receive_buffers;
  registration.bgid = kBufferGroup;
  if (const int result = io_uring_register_buf_ring(&ring_, &registration, 0); result < 0) {
    munmap(memory, buffer_ring_bytes());
    return -result;
  }
  buffer_ring_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_ring_init(buffer_ring_);
  return 0;
}

Ring::~Ring() {
  close();
}

void Ring::close() {
  if (buffer_ring_ == nullptr) return;
  io_uring_queue_exit(&ring_);
  munmap(buffer_ring_, buffer_ring_bytes());
  buffer_ring_ = nullptr;
}

io_uring_sqe* Ring::next_entry() {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  while (entry == nullptr) {
    // Receives that are submitted without a free buffer would fail at once, and be queued again.
    advance_buffers();
    enter(0);
    entry = io_uring_get_sqe(&ring_);
  }
  return entry;
}

void Ring::accept(int listener, Tag tag) {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_multishot_accept(entry, listener, nullptr, nullptr, SOCK_CLOEXEC);
  entry->user_data = tag.pack();
}

void Ring::receive(int socket, Tag tag) {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_recv_multishot(entry, socket, nullptr, 0, 0);
  entry->flags |= IOSQE_BUFFER_SELECT;
  entry->buf_group = kBufferGroup;
  entry->user_data = tag.pack();
}

void Ring::send(int socket, std::span<const char> bytes, int flags, Tag tag) {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_send(entry, socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | flags);
  entry->user_data = tag.pack();
}

void Ring::read_file(int file, std::span<char> to, uint64_t offset, Tag tag) {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_read(entry, file, to.data(), static_cast<unsigned>(to.size()), offset);
  entry->user_data = tag.pack();
}

void Ring::await_readable(int descriptor, Tag tag) {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_poll_add(entry, descriptor, POLLIN);
  entry->user_data = tag.pack();
}

void Ring::cancel(Tag operation) {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_cancel64(entry, operation.pack(), 0);
  entry->user_data = Tag{Operation::kCancel, operation.generation, operation.slot}.pack();
}

void Ring::wake_at(int64_t monotonic_ms, Tag tag) {
  io_uring_sqe* const entry = next_entry();
  timer_ = timespec_of(monotonic_ms);
  io_uring_prep_timeout(entry, &timer_, 0, IORING_TIMEOUT_ABS);
  entry->user_data = tag.pack();
}

void Ring::move_wake(int64_t monotonic_ms, Tag tag) {
  io_uring_sqe* const entry = next_entry();
  timer_ = timespec_of(monotonic_ms);
  io_uring_prep_timeout_update(entry, &timer_, tag.pack(), IORING_TIMEOUT_ABS);
  entry->user_data = Tag{Operation::kCancel, 0, 0}.pack();
}

void Ring::enter(unsigned wait_for) {
  ++enters_;
  const int result = wait_for > 0 ? io_uring_submit_and_wait(&ring_, wait_for) : io_uring_submit_and_get_events(&ring_);
  // A signal, or a temporary lack of memory or of completion entries: the caller handles the completions, and the other
  // operations stay queued.
  if (result >= 0 || result == -EINTR || result == -EAGAIN || result == -EBUSY || result == -ENOMEM) return;
  throw std::system_error(-result, std::generic_category(), "io_uring_enter");
}

Completion Ring::completion_of(const io_uring_cqe& entry) {
  return {.tag = Tag::unpack(entry.user_data),
          .result = entry.res,
          .more = (entry.flags & IORING_CQE_F_MORE) != 0,
          .buffer =
              (entry.flags & IORING_CQE_F_BUFFER) != 0 ? static_cast<int>(entry.flags >> IORING_CQE_BUFFER_SHIFT) : -1};
}

void Ring::add_buffers() {
  if (std::exchange(grown_, true)) return;
  const unsigned wanted = provided_ == 0 ? sizes_.receive_buffers_at_start : 2 * provided_;
  for (; provided_ < std::min(wanted, sizes_.receive_buffers); ++provided_) give_buffer(static_cast<int>(provided_));
}

void Ring::give_buffer(int id) {
  io_uring_buf_ring_add(buffer_ring_, buffer(id), limits::kReceiveBufferBytes, static_cast<unsigned short>(id),
                        io_uring_buf_ring_mask(sizes_.receive_buffers), given_++);
}

void Ring::publish_buffers() {
  grown_ = false;
  advance_buffers();
}

void Ring::advance_buffers() {
  if (given_ == 0) return;
  io_uring_buf_ring_advance(buffer_ring_, given_);
  given_ = 0;
}

}  // namespace duel::http::core

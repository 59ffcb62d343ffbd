#include "tests/http/core/fault/kernel.h"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>
#include <utility>

namespace duel::http::testing {
namespace {

thread_local Kernel* current_kernel = nullptr;

constexpr int kTriesBeforeSweep = 32;
constexpr int kJumpSeconds = 86'400;

uint64_t ms_of(uint64_t address) {
  const auto* const time = reinterpret_cast<const __kernel_timespec*>(address);
  return static_cast<uint64_t>(time->tv_sec * 1000 + time->tv_nsec / 1'000'000);
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

}  // namespace

Kernel::Kernel(Choices& choices, World& world, const Faults& faults, unsigned submission_entries,
               unsigned completion_entries)
    : choices_(choices),
      world_(world),
      faults_(faults),
      submission_entries_(submission_entries),
      completion_entries_(completion_entries) {
  assert(current_kernel == nullptr);
  current_kernel = this;
}

Kernel::~Kernel() {
  current_kernel = nullptr;
}

Kernel* Kernel::current() {
  return current_kernel;
}

bool Kernel::fault(uint32_t one_in) {
  const bool met = one_in != 0 && choices_.one_in(one_in);
  faults_met_ += met ? 1 : 0;
  return met;
}

bool Kernel::refuses_memory() {
  if (!server_runs_ || !fault(faults_.no_memory)) return false;
  world_.on_fault(-1);
  return true;
}

Kernel::Socket* Kernel::find_socket(int file) {
  if (current_kernel == nullptr) return nullptr;
  const auto found = current_kernel->sockets_.find(file);
  return found != current_kernel->sockets_.end() ? &found->second : nullptr;
}

int64_t Kernel::read_wall_clock_s() {
  const int64_t second = wall_clock_ahead_s_ + now_ms_ / 1000;
  const bool server_ran = std::exchange(server_runs_, false);  // allocations of the kernel do not count
  wall_clock_read_s_.insert(second);
  server_runs_ = server_ran;
  return second;
}

// --- Functions that the server calls ---

int Kernel::queue_init(unsigned entries, io_uring* ring, const io_uring_params& params) {
  if (submission_entries_ == 0) submission_entries_ = std::bit_ceil(entries);
  if (completion_entries_ == 0) completion_entries_ = std::bit_ceil(params.cq_entries);
  submission_queue_.assign(submission_entries_, io_uring_sqe{});
  completion_queue_.assign(completion_entries_, io_uring_cqe{});
  *ring = {};
  ring->sq.khead = &submission_head_;
  ring->sq.ktail = &submission_tail_;
  ring->sq.kflags = &submission_flags_;
  ring->sq.sqes = submission_queue_.data();
  ring->sq.ring_mask = submission_entries_ - 1;
  ring->sq.ring_entries = submission_entries_;
  ring->cq.khead = &completion_head_;
  ring->cq.ktail = &completion_tail_;
  ring->cq.cqes = completion_queue_.data();
  ring->cq.ring_mask = completion_entries_ - 1;
  ring->cq.ring_entries = completion_entries_;
  ring_ = ring;
  return 0;
}

int Kernel::register_buf_ring(const io_uring_buf_reg& registration) {
  buffers_ = reinterpret_cast<io_uring_buf_ring*>(registration.ring_addr);
  buffer_mask_ = registration.ring_entries - 1;
  return 0;
}

void Kernel::queue_exit() {
  server_runs_ = false;
  armed_.clear();
  due_.clear();
  ring_ = nullptr;
}

int Kernel::enter(unsigned wait_for) {
  server_runs_ = false;
  const int result = run_world(wait_for);
  ++server_turns_;
  server_runs_ = true;
  return result;
}

int Kernel::run_world(unsigned wait_for) {
  if (fault(faults_.broken_enters)) return -EBADF;
  if (fault(faults_.refused_enters)) {
    constexpr int kRefusals[] = {-EINTR, -EAGAIN, -EBUSY};
    deliver();
    return kRefusals[choices_.below(std::size(kRefusals))];
  }
  now_ms_ += choices_.below(3);
  if (fault(faults_.clock_jumps)) wall_clock_ahead_s_ += int64_t{choices_.below(2 * kJumpSeconds)} - kJumpSeconds;
  if (!submit()) wait_for = 0;  // as the kernel does
  for (uint32_t turns = choices_.below(16); turns > 0; --turns) something_moves();
  for (int tries = 0; wait_for > 0 && due_.empty(); ++tries) {
    if (something_moves()) continue;
    if (tries < kTriesBeforeSweep || everything_is_tried()) continue;
    take_buffers();
    if (!lent_buffers_.empty()) die("the server has handled every completion and keeps a receive buffer");
    if (world_.on_quiet() || time_passes()) continue;
    die("the server waits, and nothing will ever happen");
  }
  deliver();
  return 0;
}

// --- Submission ---

// Returns whether the whole queue was submitted.
bool Kernel::submit() {
  unsigned queued = ring_->sq.sqe_tail - ring_->sq.sqe_head;
  if (queued == submission_entries_) ++full_submissions_;
  if (queued > 1 && fault(faults_.partial_submits)) queued = 1 + choices_.below(queued - 1);
  for (; queued > 0; --queued) {
    start(ring_->sq.sqes[ring_->sq.sqe_head & ring_->sq.ring_mask]);
    ++ring_->sq.sqe_head;
  }
  submission_tail_ = ring_->sq.sqe_tail;
  submission_head_ = ring_->sq.sqe_head;
  return submission_head_ == submission_tail_;
}

void Kernel::start(const io_uring_sqe& entry) {
  switch (entry.opcode) {
    case IORING_OP_ASYNC_CANCEL:
      return cancel(entry);
    case IORING_OP_TIMEOUT_REMOVE:
      return move_timeout(entry);
    case IORING_OP_TIMEOUT:
      assert((entry.timeout_flags & IORING_TIMEOUT_ABS) != 0);
      return arm_timeout(entry);
    case IORING_OP_SEND:
      // This send completes during submission, because the server reuses its memory afterwards.
      if ((entry.msg_flags & MSG_DONTWAIT) != 0) {
        if (send(entry) == Progress::kNone) complete(entry, -EAGAIN);
        return;
      }
      break;
    case IORING_OP_ACCEPT:
      listener_ = entry.fd;
      break;
    case IORING_OP_RECV:
    case IORING_OP_READ:
    case IORING_OP_POLL_ADD:
      break;
    default:
      return complete(entry, -EINVAL);
  }
  armed_.push_back(entry);
}

void Kernel::arm_timeout(const io_uring_sqe& entry) {
  armed_.push_back(entry);
  armed_.back().off = ms_of(entry.addr);  // read now, because its memory is reused
}

void Kernel::cancel(const io_uring_sqe& entry) {
  const auto found = std::ranges::find_if(armed_, [&](const io_uring_sqe& one) { return one.user_data == entry.addr; });
  if (found == armed_.end()) return complete(entry, -ENOENT);
  complete(*found, -ECANCELED);
  armed_.erase(found);
  complete(entry, 0);
}

void Kernel::move_timeout(const io_uring_sqe& entry) {
  const auto found = std::ranges::find_if(armed_, [&](const io_uring_sqe& one) { return one.user_data == entry.addr; });
  if (found == armed_.end()) return complete(entry, -ENOENT);
  found->off = ms_of(entry.addr2);
  complete(entry, 0);
}

// --- Progress ---

bool Kernel::something_moves() {
  const uint32_t pick = choices_.below(static_cast<uint32_t>(2 * armed_.size() + 1));
  return pick < armed_.size() ? get_on(pick) : world_.step(false);
}

bool Kernel::everything_is_tried() {
  for (size_t i = 0; i < armed_.size(); ++i) {
    if (get_on(i)) return true;
  }
  return world_.step(true);
}

bool Kernel::time_passes() {
  uint64_t earliest = 0;
  for (const io_uring_sqe& one : armed_) {
    if (one.opcode == IORING_OP_TIMEOUT && (earliest == 0 || one.off < earliest)) earliest = one.off;
  }
  now_ms_ = std::max(now_ms_, static_cast<int64_t>(earliest));
  return earliest > 0;
}

bool Kernel::get_on(size_t index) {
  const Progress progress = get_on_with(armed_[index]);
  if (progress == Progress::kDone) armed_.erase(armed_.begin() + static_cast<std::ptrdiff_t>(index));
  return progress != Progress::kNone;
}

Kernel::Progress Kernel::get_on_with(const io_uring_sqe& entry) {
  switch (entry.opcode) {
    case IORING_OP_ACCEPT:
      return accept(entry);
    case IORING_OP_RECV:
      return receive(entry);
    case IORING_OP_SEND:
      return send(entry);
    case IORING_OP_READ:
      return read_file(entry);
    case IORING_OP_POLL_ADD:
      return poll(entry);
    default:  // a timeout
      if (static_cast<int64_t>(entry.off) > now_ms_) return Progress::kNone;
      complete(entry, -ETIME);
      return Progress::kDone;
  }
}

Kernel::Progress Kernel::accept(const io_uring_sqe& entry) {
  if (!world_.client_connects()) return Progress::kNone;
  if (fault(faults_.no_descriptors)) {
    constexpr int kErrors[] = {-EMFILE, -ENFILE, -ECONNABORTED};
    complete(entry, kErrors[choices_.below(std::size(kErrors))]);
    return Progress::kDone;
  }
  const bool ends = fault(faults_.accept_ends);
  const int socket = world_.connect();
  sockets_[socket] = {};  // an earlier connection may have had this number
  complete(entry, socket, ends ? 0 : IORING_CQE_F_MORE);
  return ends ? Progress::kDone : Progress::kSome;
}

Kernel::Progress Kernel::receive(const io_uring_sqe& entry) {
  Socket& socket = sockets_.at(entry.fd);
  if (socket.to_server == 0 && !socket.client_shut && !socket.server_shut) return Progress::kNone;
  char none = 0;
  const ssize_t ready = recv(entry.fd, &none, 1, MSG_DONTWAIT | MSG_PEEK);
  if (ready < 0 && errno == EAGAIN) return Progress::kNone;
  if (ready <= 0) {
    complete(entry, ready < 0 ? -errno : 0);
    return Progress::kDone;
  }
  if (fault(faults_.receive_errors)) {
    world_.on_fault(entry.fd);
    complete(entry, -ECONNRESET);
    return Progress::kDone;
  }
  if (buffers_->tail == buffer_head_ || fault(faults_.no_buffers)) {
    complete(entry, -ENOBUFS);
    return Progress::kDone;
  }
  const io_uring_buf& buffer = buffers_->bufs[buffer_head_ & buffer_mask_];
  const size_t size = choices_.one_in(2) ? buffer.len : choices_.size_up_to(buffer.len);
  const ssize_t received = recv(entry.fd, reinterpret_cast<void*>(buffer.addr), size, MSG_DONTWAIT);
  if (received <= 0) return Progress::kNone;
  socket.to_server -= static_cast<size_t>(received);
  const bool ends = fault(faults_.receive_ends);
  const uint16_t id = buffer.bid;
  take_buffers();
  lent_buffers_.insert(id);
  ++buffer_head_;
  complete(entry, static_cast<int>(received),
           uint32_t{id} << IORING_CQE_BUFFER_SHIFT | IORING_CQE_F_BUFFER | (ends ? 0U : IORING_CQE_F_MORE));
  return ends ? Progress::kDone : Progress::kSome;
}

Kernel::Progress Kernel::send(const io_uring_sqe& entry) {
  if (fault(faults_.send_errors)) {
    world_.on_fault(entry.fd);
    complete(entry, -EPIPE);
    return Progress::kDone;
  }
  Socket& socket = sockets_.at(entry.fd);
  size_t size = fault(faults_.short_sends) ? choices_.size_up_to(entry.len) : entry.len;
  if (!socket.client_closed && !socket.server_shut) {
    size = std::min(size, socket.most_to_client - socket.to_client);
    if (size == 0) return Progress::kNone;
  }
  const ssize_t sent = ::send(entry.fd, reinterpret_cast<const void*>(entry.addr), size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return Progress::kNone;
  socket.to_client += sent > 0 ? static_cast<size_t>(sent) : 0;
  complete(entry, sent < 0 ? -errno : static_cast<int>(sent));
  return Progress::kDone;
}

Kernel::Progress Kernel::read_file(const io_uring_sqe& entry) {
  if (!world_.disk_is_ready()) return Progress::kNone;
  const size_t size = fault(faults_.short_reads) ? choices_.size_up_to(entry.len) : entry.len;
  const bool broken = fault(faults_.file_errors);
  if (broken) world_.on_fault(-1);
  const ssize_t got = pread(entry.fd, reinterpret_cast<void*>(entry.addr), size, static_cast<off_t>(entry.off));
  complete(entry, broken ? -EIO : got < 0 ? -errno : static_cast<int>(got));
  return Progress::kDone;
}

Kernel::Progress Kernel::poll(const io_uring_sqe& entry) {
  pollfd ready{.fd = entry.fd, .events = POLLIN, .revents = 0};
  const bool is_ready = entry.fd == listener_ ? world_.client_connects() : ::poll(&ready, 1, 0) == 1;
  if (!is_ready) return Progress::kNone;
  complete(entry, POLLIN);
  return Progress::kDone;
}

// --- Completion ---

void Kernel::complete(const io_uring_sqe& entry, int result, uint32_t flags) {
  io_uring_cqe completion{};
  completion.user_data = entry.user_data;
  completion.res = result;
  completion.flags = flags;
  due_.push_back(completion);
}

// Notes which buffers the server has given back.
void Kernel::take_buffers() {
  for (; buffer_tail_ != buffers_->tail; ++buffer_tail_) {
    lent_buffers_.erase(buffers_->bufs[buffer_tail_ & buffer_mask_].bid);
  }
}

void Kernel::deliver() {
  while (!due_.empty() && completion_tail_ - completion_head_ < completion_entries_) {
    completion_queue_[completion_tail_ & (completion_entries_ - 1)] = due_.front();
    due_.pop_front();
    ++completion_tail_;
    ++completions_;
  }
  overflows_ += due_.size();
  submission_flags_ = due_.empty() ? 0 : IORING_SQ_CQ_OVERFLOW;
}

}  // namespace duel::http::testing

using duel::http::testing::Kernel;

extern "C" {

int io_uring_queue_init_params(unsigned entries, io_uring* ring, io_uring_params* params) {
  return Kernel::current()->queue_init(entries, ring, *params);
}

int io_uring_register_buf_ring(io_uring*, io_uring_buf_reg* registration, unsigned) {
  return Kernel::current()->register_buf_ring(*registration);
}

int io_uring_submit_and_wait(io_uring*, unsigned wait_for) {
  return Kernel::current()->enter(wait_for);
}

// The ring asks once at the start whether it may enter the kernel.
int io_uring_get_events(io_uring*) {
  return 0;
}

int io_uring_submit_and_get_events(io_uring*) {
  return Kernel::current()->enter(0);
}

void io_uring_queue_exit(io_uring*) {
  Kernel::current()->queue_exit();
}

int shutdown(int socket, int how) noexcept {
  if (Kernel::Socket* const known = Kernel::find_socket(socket)) known->server_shut = true;
  return static_cast<int>(syscall(SYS_shutdown, socket, how));
}

int ioctl(int file, unsigned long request, ...) noexcept {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  const Kernel::Socket* const socket = Kernel::find_socket(file);
  if (socket == nullptr || (request != SIOCOUTQ && request != FIONREAD)) {
    return static_cast<int>(syscall(SYS_ioctl, file, request, argument));
  }
  *static_cast<int*>(argument) = static_cast<int>(request == SIOCOUTQ ? socket->to_client : socket->to_server);
  return 0;
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  // There may be no Kernel, because the allocator calls clock_gettime() at the start of the program.
  Kernel* const kernel = Kernel::current();
  if (kernel != nullptr && clock == CLOCK_MONOTONIC) {
    const int64_t now = kernel->now_ms();
    *time = {.tv_sec = now / 1000, .tv_nsec = now % 1000 * 1'000'000};
    return 0;
  }
  if (kernel != nullptr && clock == CLOCK_REALTIME_COARSE) {
    *time = {.tv_sec = kernel->read_wall_clock_s(), .tv_nsec = 0};
    return 0;
  }
  return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
}

}  // extern "C"

// The standard library's other forms of new and delete call these functions. AddressSanitizer replaces the other forms
// by its own, which do not, and it checks that the form of delete matches the form of new. std::stable_sort allocates
// its buffer with the nothrow form and frees it with a delete of this file, so the nothrow form is defined here too.
void* operator new(size_t size) {
  Kernel* const kernel = Kernel::current();
  if (kernel != nullptr && kernel->refuses_memory()) throw std::bad_alloc();
  void* const memory = std::malloc(size);  // NOLINT: operator new
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return std::malloc(size);  // NOLINT
}

// If GCC 12 inlines these, it sees free() on a pointer of operator new, and warns.
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);  // NOLINT
}

[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept {
  std::free(memory);  // NOLINT
}

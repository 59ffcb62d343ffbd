#include "bench/load/ring_transport.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>
#include <utility>

#include "bench/load/start_failure.h"

namespace duel::load {
namespace {

constexpr int kBufferGroup = 0;
constexpr size_t kBufferBytes = 8192;  // 16 pipelined small answers fit into one buffer
constexpr unsigned kMinBuffers = 64;
constexpr unsigned kMaxBuffers = 4096;   // if more sockets are readable at once, the rest waits for the next turn
constexpr unsigned kSubmissions = 1024;  // if more are queued, the ring submits earlier
constexpr unsigned kMaxCompletions = 32768;

// Other processes may use the CPU during a wait, so the clock would count their time, too.
int64_t thread_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::string setup_sentence(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return "io_uring is forbidden here: set the sysctl kernel.io_uring_disabled to 0, or allow io_uring_setup, "
             "io_uring_enter and io_uring_register in the seccomp profile";
    case ENOSYS:
    case EINVAL:
      return "this kernel's io_uring is missing or too old: Linux 6.1 or later is needed";
    case ENOMEM:
      return "not enough lockable memory for an io_uring: raise the limit (ulimit -l) or use fewer --threads";
    default:
      return fmt::format("io_uring cannot be set up ({}): check the limits of this process", std::strerror(error));
  }
}

__kernel_timespec timespec_of(int64_t ns) {
  constexpr int64_t kSecondNs = 1'000'000'000;
  return {.tv_sec = ns / kSecondNs, .tv_nsec = ns % kSecondNs};
}

}  // namespace

int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

RingTransport::RingTransport(const Address& address, uint32_t connections) : address_(address), sockets_(connections) {
  io_uring_params params{};
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN |
                 IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  params.cq_entries = std::min(std::bit_ceil(std::max(4 * connections, kSubmissions)), kMaxCompletions);
  if (const int result = io_uring_queue_init_params(kSubmissions, &ring_, &params); result < 0) {
    throw StartFailure(setup_sentence(-result));
  }
  register_buffers(std::clamp(std::bit_ceil(connections), kMinBuffers, kMaxBuffers));
}

void RingTransport::register_buffers(unsigned count) {
  const size_t bytes = count * sizeof(io_uring_buf);
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<uintptr_t>(memory);
  registration.ring_entries = count;
  registration.bgid = kBufferGroup;
  if (memory == MAP_FAILED || io_uring_register_buf_ring(&ring_, &registration, 0) < 0) {
    if (memory != MAP_FAILED) munmap(memory, bytes);
    io_uring_queue_exit(&ring_);
    throw StartFailure("io_uring does not accept a ring of receive buffers: Linux 6.1 or later is needed");
  }
  buffer_ring_ = static_cast<io_uring_buf_ring*>(memory);
  buffer_count_ = count;
  buffers_.resize(count * kBufferBytes);
  io_uring_buf_ring_init(buffer_ring_);
  for (unsigned i = 0; i < count; ++i) {
    io_uring_buf_ring_add(buffer_ring_, &buffers_[i * kBufferBytes], kBufferBytes, static_cast<unsigned short>(i),
                          io_uring_buf_ring_mask(count), static_cast<int>(i));
  }
  io_uring_buf_ring_advance(buffer_ring_, static_cast<int>(count));
}

RingTransport::~RingTransport() {
  for (const Socket& socket : sockets_) {
    if (socket.descriptor >= 0) ::close(socket.descriptor);
  }
  io_uring_queue_exit(&ring_);
  munmap(buffer_ring_, buffer_count_ * sizeof(io_uring_buf));
}

io_uring_sqe* RingTransport::entry() {
  io_uring_sqe* made = io_uring_get_sqe(&ring_);
  while (made == nullptr) {
    submit_and_wait(0);
    made = io_uring_get_sqe(&ring_);
  }
  return made;
}

void RingTransport::connect(uint32_t connection) {
  Socket& socket = sockets_[connection];
  socket = {};
  socket.descriptor = ::socket(address_.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket.descriptor < 0) {
    failed_.push_back({connection, errno});
    return;
  }
  const int on = 1;  // a request leaves at once, even if an answer is missing
  setsockopt(socket.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  io_uring_sqe* const made = entry();
  io_uring_prep_connect(made, socket.descriptor, reinterpret_cast<const sockaddr*>(&address_.bytes), address_.size);
  made->user_data = tag(Operation::kConnect, connection);
  ++socket.pending;
}

void RingTransport::send(uint32_t connection, std::string_view bytes) {
  Socket& socket = sockets_[connection];
  socket.sending = bytes;
  io_uring_sqe* const made = entry();
  io_uring_prep_send(made, socket.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_WAITALL);
  made->user_data = tag(Operation::kSend, connection);
  ++socket.pending;
}

void RingTransport::receive(uint32_t connection) {
  Socket& socket = sockets_[connection];
  io_uring_sqe* const made = entry();
  io_uring_prep_recv_multishot(made, socket.descriptor, nullptr, 0, 0);
  made->flags |= IOSQE_BUFFER_SELECT;
  made->buf_group = kBufferGroup;
  made->user_data = tag(Operation::kReceive, connection);
  ++socket.pending;
}

// The operations of the socket end soon after the shutdown. A connection that is being opened needs a cancellation.
void RingTransport::close(uint32_t connection) {
  Socket& socket = sockets_[connection];
  socket.closing = true;
  if (socket.descriptor >= 0 && shutdown(socket.descriptor, SHUT_RDWR) != 0 && socket.pending > 0) {
    cancel_connect(connection);
  }
  close_if_idle(connection);
}

void RingTransport::cancel_connect(uint32_t connection) {
  io_uring_sqe* const made = entry();
  io_uring_prep_cancel64(made, tag(Operation::kConnect, connection), 0);
  made->user_data = tag(Operation::kCancel, connection);
}

void RingTransport::close_if_idle(uint32_t connection) {
  Socket& socket = sockets_[connection];
  if (!socket.closing || socket.pending > 0) return;
  if (socket.descriptor >= 0) ::close(std::exchange(socket.descriptor, -1));
  socket.closing = false;
  closed_.push_back(connection);
}

// 0: does not wait.
void RingTransport::submit_and_wait(int64_t wait_ns) {
  int result = 0;
  if (wait_ns > 0) {
    io_uring_cqe* first = nullptr;
    __kernel_timespec time = timespec_of(wait_ns);
    result = io_uring_submit_and_wait_timeout(&ring_, &first, 1, &time, nullptr);
  } else {
    result = io_uring_submit_and_get_events(&ring_);
  }
  // A signal, the end of the wait, or a temporary lack of memory or of completion entries.
  if (result >= 0 || result == -EINTR || result == -ETIME || result == -EAGAIN || result == -EBUSY ||
      result == -ENOMEM) {
    return;
  }
  throw std::system_error(-result, std::generic_category(), "io_uring_enter");
}

// Completions are there, or the kernel has work that makes some.
bool RingTransport::has_events() const {
  constexpr unsigned kWork = IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW;
  return io_uring_cq_ready(&ring_) > 0 || (IO_URING_READ_ONCE(*ring_.sq.kflags) & kWork) != 0;
}

void RingTransport::spin_until(int64_t until_ns) {
  const int64_t begin_ns = thread_cpu_ns();
  while (monotonic_ns() < until_ns && !has_events()) {
    for (int i = 0; i < 8; ++i) __builtin_ia32_pause();
  }
  spun_ns_ += thread_cpu_ns() - begin_ns;
}

void RingTransport::turn(int64_t until_ns, int64_t spin_ns, Generator& generator, int64_t start_ns) {
  const bool waits = failed_.empty() && closed_.empty();
  const int64_t wait_ns = until_ns - spin_ns - monotonic_ns();
  submit_and_wait(waits ? std::max<int64_t>(wait_ns, 0) : 0);
  if (waits && spin_ns > 0 && !has_events()) {
    spin_until(until_ns);
    if (io_uring_cq_ready(&ring_) == 0 && has_events()) submit_and_wait(0);
  }
  report(generator, start_ns);
}

void RingTransport::report(Generator& generator, int64_t start_ns) {
  const int64_t now_ns = monotonic_ns() - start_ns;
  unsigned head = 0;
  unsigned count = 0;
  io_uring_cqe* completion = nullptr;
  io_uring_for_each_cqe(&ring_, head, completion) {
    ++count;
    complete(*completion, generator, now_ns);
  }
  io_uring_cq_advance(&ring_, count);
  for (const Failed& failed : std::exchange(failed_, {})) generator.connected(failed.connection, failed.error);
  for (const uint32_t connection : std::exchange(closed_, {})) generator.closed(connection);
}

void RingTransport::complete(const io_uring_cqe& completion, Generator& generator, int64_t now_ns) {
  const auto connection = static_cast<uint32_t>(completion.user_data);
  switch (static_cast<Operation>(completion.user_data >> 32)) {
    case Operation::kConnect:
      complete_connect(connection, completion.res, generator);
      break;
    case Operation::kReceive:
      complete_receive(connection, completion, generator, now_ns);
      break;
    case Operation::kSend:
      complete_send(connection, completion.res, generator);
      break;
    case Operation::kCancel:
      break;
  }
}

void RingTransport::complete_connect(uint32_t connection, int result, Generator& generator) {
  Socket& socket = sockets_[connection];
  --socket.pending;
  if (socket.closing) {
    close_if_idle(connection);
    return;
  }
  if (result == 0) receive(connection);
  generator.connected(connection, -result);
}

void RingTransport::complete_receive(uint32_t connection, const io_uring_cqe& completion, Generator& generator,
                                     int64_t now_ns) {
  Socket& socket = sockets_[connection];
  const bool more = (completion.flags & IORING_CQE_F_MORE) != 0;
  if (!more) --socket.pending;
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
    const unsigned id = completion.flags >> IORING_CQE_BUFFER_SHIFT;
    char* const bytes = &buffers_[id * kBufferBytes];
    if (completion.res > 0 && !socket.closing) {
      generator.received(connection, {bytes, static_cast<size_t>(completion.res)}, now_ns);
    }
    io_uring_buf_ring_add(buffer_ring_, bytes, kBufferBytes, static_cast<unsigned short>(id),
                          io_uring_buf_ring_mask(buffer_count_), 0);
    io_uring_buf_ring_advance(buffer_ring_, 1);
  }
  if (socket.descriptor < 0) return;  // the generator has closed it, and nothing was left to wait for
  if (socket.closing) {
    close_if_idle(connection);
  } else if (completion.res <= 0 && completion.res != -ENOBUFS) {
    generator.ended(connection, -completion.res, now_ns);
  } else if (!more) {
    receive(connection);
  }
}

void RingTransport::complete_send(uint32_t connection, int result, Generator& generator) {
  Socket& socket = sockets_[connection];
  --socket.pending;
  if (socket.closing) {
    close_if_idle(connection);
  } else if (result >= 0 && static_cast<size_t>(result) < socket.sending.size()) {
    send(connection, socket.sending.substr(static_cast<size_t>(result)));
  } else {
    generator.sent(connection, result < 0 ? -result : 0);
  }
}

}  // namespace duel::load

#include "bench/bare/bare_ring.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace duel::bare {
namespace {

// As long as the answer of the other servers to GET /ping.
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n"
    "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\npong";

constexpr unsigned kSubmissions = 1024;
constexpr unsigned kCompletions = 8192;
constexpr unsigned kBuffers = 1024;
constexpr size_t kBufferBytes = 2048;
constexpr int kBufferGroup = 0;

// The user_data of a receive is its socket.
constexpr uint64_t kAccept = UINT64_MAX;
constexpr uint64_t kSend = UINT64_MAX - 1;

// For counters with one writer: cheaper than fetch_add().
void add_one(std::atomic<uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

BareRing::BareRing(int listener, uint32_t max_connections)
    : listener_(listener), max_connections_(max_connections), buffers_(kBuffers * kBufferBytes) {}

void BareRing::run() {
  io_uring_params params{};
  params.flags =
      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
  params.cq_entries = kCompletions;
  if (const int result = io_uring_queue_init_params(kSubmissions, &ring_, &params); result < 0) {
    throw std::system_error(-result, std::generic_category(), "io_uring_setup");
  }
  make_buffers();
  accept();
  while (true) {
    io_uring_submit_and_wait(&ring_, 1);
    add_one(enters_);
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* completion = nullptr;
    io_uring_for_each_cqe(&ring_, head, completion) {
      ++count;
      on_completion(*completion);
    }
    io_uring_cq_advance(&ring_, count);
    io_uring_buf_ring_advance(buffer_ring_, given_);
    given_ = 0;
  }
}

void BareRing::make_buffers() {
  const size_t bytes = kBuffers * sizeof(io_uring_buf);
  void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<uintptr_t>(memory);
  registration.ring_entries = kBuffers;
  registration.bgid = kBufferGroup;
  if (const int result = io_uring_register_buf_ring(&ring_, &registration, 0); result < 0) {
    throw std::system_error(-result, std::generic_category(), "io_uring_register");
  }
  buffer_ring_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_ring_init(buffer_ring_);
  for (unsigned id = 0; id < kBuffers; ++id) give_buffer(id);
}

void BareRing::give_buffer(unsigned id) {
  io_uring_buf_ring_add(buffer_ring_, &buffers_[id * kBufferBytes], kBufferBytes, static_cast<uint16_t>(id),
                        io_uring_buf_ring_mask(kBuffers), given_++);
}

io_uring_sqe* BareRing::next_entry() {
  io_uring_sqe* entry = nullptr;
  while ((entry = io_uring_get_sqe(&ring_)) == nullptr) io_uring_submit(&ring_);
  return entry;
}

void BareRing::accept() {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_accept(entry, listener_, nullptr, nullptr, SOCK_CLOEXEC);
  entry->user_data = kAccept;
}

void BareRing::receive(int socket) {
  io_uring_sqe* const entry = next_entry();
  io_uring_prep_recv_multishot(entry, socket, nullptr, 0, 0);
  entry->flags |= IOSQE_BUFFER_SELECT;
  entry->buf_group = kBufferGroup;
  entry->user_data = static_cast<uint64_t>(socket);
}

void BareRing::on_completion(const io_uring_cqe& completion) {
  if (completion.user_data == kSend) return;  // the client has left
  if (completion.user_data == kAccept) return on_accepted(completion.res);
  on_received(static_cast<int>(completion.user_data), completion);
}

void BareRing::on_accepted(int socket) {
  if (socket >= 0) {
    ++open_;
    add_one(connections_);
    receive(socket);
  }
  if (open_ < max_connections_) accept();
}

void BareRing::on_received(int socket, const io_uring_cqe& completion) {
  if ((completion.flags & IORING_CQE_F_BUFFER) != 0) give_buffer(completion.flags >> IORING_CQE_BUFFER_SHIFT);
  if (completion.res > 0) {
    add_one(requests_);
    io_uring_sqe* const entry = next_entry();
    io_uring_prep_send(entry, socket, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
    entry->user_data = kSend;
  }
  if ((completion.flags & IORING_CQE_F_MORE) != 0) return;
  if (completion.res > 0 || completion.res == -ENOBUFS || completion.res == -EINTR) return receive(socket);
  close(socket);
  if (open_-- == max_connections_) accept();
}

}  // namespace duel::bare

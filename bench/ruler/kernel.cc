#include "bench/ruler/kernel.h"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace duel::ruler {
namespace {

// In the first iterations pools fill and buffers get their size.
constexpr unsigned kWarmUpTurns = 16;
// A jump of the clock when the server shall end. It is longer than the server waits for its connections.
constexpr int kJumpSeconds = 60;
constexpr std::time_t kBegin = 1'700'000'000;

Kernel* current_kernel = nullptr;
std::time_t clock_s = kBegin;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "ruler: %s\n", what);
  std::abort();
}

constexpr std::string_view kFieldsOfABrowser =
    "Connection: keep-alive\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
    "Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Accept-Encoding: gzip, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Cookie: theme=dark; session=f00d; visit=";
constexpr unsigned kFirstVisit = 1000;  // each client has a number of as many digits

std::string request(const Load& load, unsigned client) {
  const std::string lines = "GET " + load.path + " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n";
  if (load.head == Head::kWrk) return lines + "\r\n";
  const unsigned visit = kFirstVisit + (load.head == Head::kBrowsers ? client : 0);
  return lines + std::string(kFieldsOfABrowser) + std::to_string(visit) + "\r\n\r\n";
}

std::string repeated(const std::string& text, unsigned times) {
  std::string all;
  for (; times > 0; --times) all += text;
  return all;
}

}  // namespace

Kernel::Kernel(const Load& load, Events events) : load_(load), events_(std::move(events)) {
  current_kernel = this;
  for (unsigned i = 0; i < load.connections; ++i) {
    const int socket = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (socket < 0) throw std::runtime_error("/dev/null cannot be opened: raise the limit of open files (ulimit -n)");
    clients_.push_back({.socket = socket, .requests = repeated(request(load, i), load.pipeline)});
  }
}

Kernel::~Kernel() {
  current_kernel = nullptr;
}

Kernel& Kernel::current() {
  if (current_kernel == nullptr) die("a ring without a Kernel");
  return *current_kernel;
}

const std::string& Kernel::answers() const {
  if (answers_differ_) throw std::runtime_error("the answers to equal requests have different sizes");
  return answers_;
}

uint64_t Kernel::measured_requests() const {
  return uint64_t{load_.turns} * load_.connections * load_.pipeline;
}

void Kernel::queue_init(unsigned entries, io_uring& ring, const io_uring_params& params) {
  submissions_.resize(std::bit_ceil(entries));
  completions_.resize(std::bit_ceil(params.cq_entries));
  ring = {};
  ring.sq.khead = &submission_head_;
  ring.sq.ktail = &submission_tail_;
  ring.sq.kflags = &submission_flags_;
  ring.sq.sqes = submissions_.data();
  ring.sq.ring_entries = static_cast<unsigned>(submissions_.size());
  ring.sq.ring_mask = ring.sq.ring_entries - 1;
  ring.cq.khead = &completion_head_;
  ring.cq.ktail = &completion_tail_;
  ring.cq.cqes = completions_.data();
  ring.cq.ring_entries = static_cast<unsigned>(completions_.size());
  ring.cq.ring_mask = ring.cq.ring_entries - 1;
  ring_ = &ring;
}

void Kernel::register_buf_ring(const io_uring_buf_reg& registration) {
  buffers_ = reinterpret_cast<io_uring_buf_ring*>(registration.ring_addr);
  buffer_mask_ = registration.ring_entries - 1;
}

void Kernel::enter() {
  if (measures_) events_.enters();
  submit();
  if (stopped_) {
    clock_s += kJumpSeconds;
    return;
  }
  if (connected_) {
    count_turn();
    send_requests();
  }
  if (measures_) events_.leaves();
}

void Kernel::count_turn() {
  if (turns_ == kWarmUpTurns) {
    events_.begins();
    measures_ = true;
  } else if (turns_ == kWarmUpTurns + load_.turns) {
    events_.ends();
    measures_ = false;
    stopped_ = true;
    events_.stop();
  }
  ++turns_;
}

void Kernel::submit() {
  for (; ring_->sq.sqe_head != ring_->sq.sqe_tail; ++ring_->sq.sqe_head) {
    start(ring_->sq.sqes[ring_->sq.sqe_head & ring_->sq.ring_mask]);
  }
  submission_head_ = submission_tail_ = ring_->sq.sqe_tail;
}

// Timers never fire and nobody wakes the server, so other operations stay open.
void Kernel::start(const io_uring_sqe& entry) {
  switch (entry.opcode) {
    case IORING_OP_ACCEPT:
      for (const Client& client : clients_) complete(entry.user_data, client.socket, IORING_CQE_F_MORE);
      connected_ = true;
      return;
    case IORING_OP_RECV:
      client_of(entry.fd).armed = true;
      client_of(entry.fd).receive = entry.user_data;
      return;
    case IORING_OP_SEND:
      return take_answers(entry);
    default:
      return;
  }
}

Kernel::Client& Kernel::client_of(int socket) {
  for (Client& client : clients_) {
    if (client.socket == socket) return client;
  }
  die("an operation of an unknown socket");
}

void Kernel::take_answers(const io_uring_sqe& entry) {
  const std::string_view sent(reinterpret_cast<const char*>(entry.addr), entry.len);
  if (answers_.empty()) answers_ = sent;
  answers_differ_ |= sent.size() != answers_.size();
  client_of(entry.fd).waits = false;
  complete(entry.user_data, static_cast<int>(entry.len), 0);
}

void Kernel::send_requests() {
  for (Client& client : clients_) {
    if (!client.armed || client.waits) continue;
    const std::string& requests = client.requests;
    if (buffers_->tail == buffer_head_) die("there are fewer receive buffers than connections: use fewer connections");
    const io_uring_buf& buffer = buffers_->bufs[buffer_head_++ & buffer_mask_];
    if (requests.size() > buffer.len) die("the requests do not fit into a receive buffer: send fewer at once");
    std::memcpy(reinterpret_cast<void*>(buffer.addr), requests.data(), requests.size());
    client.waits = true;
    complete(client.receive, static_cast<int>(requests.size()),
             uint32_t{buffer.bid} << IORING_CQE_BUFFER_SHIFT | IORING_CQE_F_BUFFER | IORING_CQE_F_MORE);
  }
}

void Kernel::complete(uint64_t user_data, int result, uint32_t flags) {
  io_uring_cqe& entry = completions_[completion_tail_++ & ring_->cq.ring_mask];
  entry.user_data = user_data;
  entry.res = result;
  entry.flags = flags;
}

}  // namespace duel::ruler

using duel::ruler::Kernel;

extern "C" {

int io_uring_queue_init_params(unsigned entries, io_uring* ring, io_uring_params* params) {
  Kernel::current().queue_init(entries, *ring, *params);
  return 0;
}

int io_uring_register_buf_ring(io_uring*, io_uring_buf_reg* registration, unsigned) {
  Kernel::current().register_buf_ring(*registration);
  return 0;
}

int io_uring_submit_and_wait(io_uring*, unsigned) {
  Kernel::current().enter();
  return 0;
}

int io_uring_submit_and_get_events(io_uring*) {
  Kernel::current().enter();
  return 0;
}

// The ring asks once at the start whether it may enter the kernel.
int io_uring_get_events(io_uring*) {
  return 0;
}

void io_uring_queue_exit(io_uring*) {}

// The allocator and the standard library read the clocks too.
int clock_gettime(clockid_t, timespec* time) noexcept {
  *time = {.tv_sec = duel::ruler::clock_s, .tv_nsec = 0};
  return 0;
}

}  // extern "C"

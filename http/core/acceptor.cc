#include "http/core/acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "http/core/connection.h"
#include "http/core/worker_context.h"
#include "http/limits.h"

namespace duel::http::core {
namespace {

constexpr std::string_view kOverloaded =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 39\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n503 Service Unavailable: out of slots.\n";

constexpr Tag kAcceptTag{Operation::kAccept, 0, 0};
constexpr Tag kClientTag{Operation::kClient, 0, 0};

bool is_no_descriptor(int result) {
  return result == -EMFILE || result == -ENFILE;
}

// Sends 503 and the end of the connection in one packet, as far as the socket accepts it without waiting.
void turn_away(int socket) {
  send(socket, kOverloaded.data(), kOverloaded.size(), MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE);
  shutdown(socket, SHUT_WR);
  // Closing a socket with unread bytes resets the connection, and a reset may overtake the answer. The limit keeps a
  // client that sends without end from delaying the accepted connections.
  char unread[4096];
  for (size_t left = limits::kRefusedInputBytes; left > 0; left -= sizeof unread) {
    if (recv(socket, unread, sizeof unread, MSG_DONTWAIT) < ssize_t{sizeof unread}) break;
  }
}

}  // namespace

Acceptor::Acceptor(Listener listener, int spare) : listener_(std::move(listener)), spare_(spare) {
  keep_reserve();
}

Acceptor::~Acceptor() {
  if (reserve_ >= 0) ::close(reserve_);
}

void Acceptor::start(WorkerContext& worker) {
  worker.admission.full() ? poll(worker) : accept(worker);
}

void Acceptor::accept(WorkerContext& worker) {
  worker.ring.accept(listener_.descriptor(), kAcceptTag);
  armed_ = Armed::kAccept;
}

void Acceptor::poll(WorkerContext& worker) {
  worker.ring.await_readable(listener_.descriptor(), kClientTag);
  armed_ = Armed::kPoll;
}

void Acceptor::on_accept(WorkerContext& worker, const Completion& completion) {
  const bool no_descriptor = is_no_descriptor(completion.result);
  if (completion.result >= 0) let_in(worker, completion.result);
  if (no_descriptor) shed(worker);
  if (completion.more) return;
  armed_ = Armed::kNothing;
  if (!listening() || pausing()) return;
  // The kernel allocates a descriptor before it looks for a client. Without a free descriptor, a new accept would fail
  // at once, again and again. So it is armed only when the poll has found a client.
  if (no_descriptor) return poll(worker);
  start(worker);
}

void Acceptor::on_client(WorkerContext& worker) {
  armed_ = Armed::kNothing;
  if (listening() && !pausing()) accept_one_by_one(worker);
}

void Acceptor::on_turn(WorkerContext& worker) {
  if (!pausing() || worker.now_ms < resume_ms_) return;
  resume_ms_ = -1;
  if (listening() && !armed())
    accept_one_by_one(worker);  // otherwise on_accept() continues when the cancelled accept has ended
}

// Accepts clients until the queue is empty or a pause begins.
void Acceptor::accept_one_by_one(WorkerContext& worker) {
  for (unsigned i = 0; i < limits::kRefusalsAtOnce && !pausing(); ++i) {
    const int socket = listener_.accept_waiting();
    if (is_no_descriptor(socket)) {
      shed(worker);
    } else if (socket >= 0) {
      let_in(worker, socket);
    } else {
      break;
    }
  }
  if (!pausing()) start(worker);
}

void Acceptor::let_in(WorkerContext& worker, int socket) {
  if (worker.draining) Listener::accept_all_hops(socket);
  keep_reserve();
  if (!worker.admission.enter()) return refuse(worker, socket);
  worker.connections.take(socket)->on_accepted(worker);
}

void Acceptor::refuse(WorkerContext& worker, int socket) {
  worker.counters.turned_away.add(1);
  turn_away(socket);
  // dup3 replaces the socket in one step: between a close and an open, another thread could take the descriptor.
  if (reserve_ < 0 && dup3(spare_, socket, O_CLOEXEC) == socket) {
    reserve_ = socket;
  } else {
    ::close(socket);
  }
  if (armed_ == Armed::kAccept) {
    worker.ring.cancel(kAcceptTag);
    armed_ = Armed::kEndingAccept;
  }
  pace_refusals(worker);
}

void Acceptor::pace_refusals(WorkerContext& worker) {
  if (worker.now_ms >= refusing_since_ms_ + limits::kRefusalPauseMs) {
    refusing_since_ms_ = worker.now_ms;
    refused_ = 0;
  }
  ++refused_;
  if (refused_ >= limits::kRefusalsAtOnce && !pausing()) resume_ms_ = worker.now_ms + limits::kRefusalPauseMs;
}

// Refuses a client when no descriptor is left: closes the reserve, so that the client can be accepted and answered
// instead of waiting until it times out. If another thread takes the freed descriptor, the client waits.
void Acceptor::shed(WorkerContext& worker) {
  if (!listener_.client_waits()) return;
  if (reserve_ >= 0) ::close(std::exchange(reserve_, -1));
  const int socket = listener_.accept_waiting();
  if (socket >= 0) return refuse(worker, socket);
  keep_reserve();
  if (is_no_descriptor(socket)) resume_ms_ = worker.now_ms + limits::kRefusalPauseMs;
}

void Acceptor::keep_reserve() {
  if (reserve_ < 0) reserve_ = fcntl(spare_, F_DUPFD_CLOEXEC, 0);
}

void Acceptor::stop(WorkerContext& worker) {
  if (armed()) {  // an accept or a poll is pending
    worker.ring.cancel(kAcceptTag);
    worker.ring.cancel(kClientTag);
  }
  for (int socket = listener_.accept_waiting(); socket >= 0; socket = listener_.accept_waiting()) {
    let_in(worker, socket);
  }
  listener_.close();
}

}  // namespace duel::http::core

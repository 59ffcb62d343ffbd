#include "http/core/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "alloc/phases.h"
#include "http/core/partial_request.h"
#include "http/core/worker_context.h"
#include "http/limits.h"

namespace duel::http::core {

// --- Events ---

void Connection::on_accepted(WorkerContext& worker) {
  worker.counters.connections.add(1);
  set_timeout(worker, Timeout::kIdle);
  start_receiving(worker);
}

void Connection::on_received(WorkerContext& worker, std::span<char> bytes) {
  worker.counters.bytes_received.add(bytes.size());
  count_full_buffer(worker, bytes.size());
  if (state_ == State::kReading) {
    if (partial_ == nullptr) return serve_received(worker, bytes);
    partial_->append({bytes.data(), bytes.size()});
    return serve_partial(worker);
  }
  if (state_ != State::kAnswering || last_) return;  // the bytes are discarded
  if (partial_ == nullptr) {
    keep(worker, worker.parser, bytes);
  } else {
    partial_->append({bytes.data(), bytes.size()});
  }
  if (too_much_queued()) stop_receiving(worker);
}

void Connection::on_receive_ended(WorkerContext& worker, int result) {
  receiving_ = stopping_receive_ = false;
  if (state_ == State::kClosing) return release_if_quiet(worker);
  if (result == 0) {
    end_of_input_ = true;
    if (state_ == State::kLingering) return close(worker);
    if (state_ == State::kAnswering) return;  // the received requests are still answered
    return has_begun_request() ? refuse_and_close(worker, 400, "the request ends too early") : close(worker);
  }
  if (result == -ENOBUFS) {
    worker.counters.no_buffers.add(1);
    worker.ring.add_buffers();
  }
  if (result > 0 || result == -ENOBUFS || result == -ECANCELED || result == -EINTR) {
    if (!too_much_queued()) start_receiving(worker);
    return;
  }
  close(worker);
}

void Connection::on_sent(WorkerContext& worker, int result) {
  sending_ = false;
  if (state_ == State::kClosing) return release_if_quiet(worker);
  if (result < 0 && result != -EAGAIN && result != -EINTR) return close(worker);
  if (result > 0) {
    pending_ += result;
    pending_size_ -= static_cast<size_t>(result);
  }
  if (pending_size_ == 0) return on_all_sent(worker);
  // The socket's buffer is full. The rest moves to the heap, so that the send block becomes free for other connections.
  if (block_ != SendBlocks::kNone) {
    auto rest = std::make_unique_for_overwrite<char[]>(pending_size_);
    std::memcpy(rest.get(), pending_, pending_size_);
    worker.send_blocks.release(block_);
    block_ = SendBlocks::kNone;
    heap_ = std::move(rest);
    pending_ = heap_.get();
  }
  send_pending(worker, false);
}

void Connection::on_file_read(WorkerContext& worker, int result) {
  sending_ = false;
  if (state_ == State::kClosing) return release_if_quiet(worker);
  // The Content-Length has been sent already. If the file has become shorter or cannot be read, a reset shows the
  // client that the body is truncated.
  if (result <= 0) return abort(worker);
  const auto size = std::min(static_cast<uint64_t>(result), file_->remaining());
  file_->advance(size);
  pending_ = file_->piece().data();
  pending_size_ = size;
  worker.counters.bytes_sent.add(size);
  expect_more(worker);
  send_pending(worker, false);
}

void Connection::on_timeout(WorkerContext& worker, Timeout kind) {
  // The deadline passed in the same loop iteration in which the awaited bytes arrived. A new one is set after the
  // answer.
  if (state_ == State::kAnswering && kind != Timeout::kWrite) return;
  switch (kind) {
    case Timeout::kHeader:
      if (!has_begun_request()) return close(worker);  // set by kIdle below, and only empty lines have arrived
      return refuse_and_close(worker, 408, "the request's head did not arrive in time");
    case Timeout::kBody:
      return refuse_and_close(worker, 408, "the request's body did not arrive in time");
    case Timeout::kWrite:
      return on_write_timeout(worker);
    case Timeout::kIdle:
      // A request may have arrived in time, but this process was delayed and has not handled it. The time limit of a
      // head, which empty lines do not extend, leaves time to look.
      if (has_unread_input() || worker.ring.has_completions()) return set_timeout(worker, Timeout::kHeader);
      return close(worker);
    case Timeout::kLinger:
    case Timeout::kNone:
      return close(worker);
  }
}

void Connection::on_write_timeout(WorkerContext& worker) {
  const uint32_t unacknowledged_now = unacknowledged();
  // If the client has everything that the kernel could send, it waits for this server (a slow disk, a stopped process).
  if (unacknowledged_now == 0) {
    return state_ == State::kReading ? set_timeout(worker, Timeout::kIdle) : await_progress(worker, 0);
  }
  const int64_t required = worker.options.min_write_rate * (worker.now_ms - period_began_ms_) / 1000;
  const auto read = static_cast<int64_t>(unread_) - static_cast<int64_t>(unacknowledged_now + pending_size_);
  if (read < std::max<int64_t>(required, 1)) return abort(worker);
  await_progress(worker, unacknowledged_now);
}

// Discards unsent responses. The client sees a reset, so it knows that they are missing.
void Connection::on_no_memory(WorkerContext& worker) {
  worker.parser.reset();
  abort(worker);
}

void Connection::on_drain(WorkerContext& worker) {
  if (state_ != State::kReading || has_begun_request()) return;
  if (!has_unread_input()) linger(worker);  // otherwise the request is answered first
}

bool Connection::has_begun_request() const {
  return partial_ != nullptr && partial_->parser().request_begun();
}

bool Connection::has_unread_input() const {
  int unread = 0;
  return ioctl(socket_, FIONREAD, &unread) == 0 && unread > 0;
}

void Connection::abort(WorkerContext& worker) {
  const ::linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(worker);
}

// --- Queued bytes ---

void Connection::keep(WorkerContext& worker, const RequestParser& parser, std::span<const char> bytes) {
  partial_ = worker.take_partial_request(parser);
  partial_->append({bytes.data(), bytes.size()});
}

void Connection::drop_partial(WorkerContext& worker) {
  if (partial_ != nullptr) worker.give_partial_request(partial_);
  partial_ = nullptr;
}

bool Connection::too_much_queued() const {
  return state_ == State::kAnswering && partial_ != nullptr && partial_->unparsed() > limits::kQueuedInputBytes;
}

// Linux (at least 6.18) suspends a multishot receive after 32 consecutive buffers, and does not report a reset that
// arrives at that moment. Arming the receive again reports it.
void Connection::count_full_buffer(WorkerContext& worker, size_t size) {
  constexpr uint8_t kInARow = 32;
  full_buffers_ = size == limits::kReceiveBufferBytes ? full_buffers_ + 1 : 0;
  if (full_buffers_ >= kInARow) stop_receiving(worker);
}

// --- Sending ---

void Connection::send_output(WorkerContext& worker, Output& output, SendBlocks::BlockId block) {
  alloc::enter(alloc::Phase::kWrite);
  assert(!last_ || !output.empty());  // a last answer is never empty
  if (output.empty()) return;
  state_ = State::kAnswering;
  worker.counters.bytes_sent.add(output.size());
  pending_ = output.bytes().data();
  pending_size_ = output.size();
  const bool in_block = !output.on_heap();
  if (in_block) {
    block_ = block;
    worker.send_blocks.hold(block, pending_size_);
  } else {
    heap_ = output.release();
  }
  expect_more(worker);
  send_pending(worker, in_block);
}

void Connection::send_pending(WorkerContext& worker, bool now_or_never) {
  if (!now_or_never && worker.deadlines.kind(slot_) != Timeout::kWrite) await_progress(worker, unacknowledged());
  sending_ = true;
  // The end of the connection goes into the same packet: MSG_MORE holds the last bytes back until the connection ends.
  const bool ends = last_ && (file_ == nullptr || file_->remaining() == 0);
  const int flags = (now_or_never ? MSG_DONTWAIT : 0) | (ends ? MSG_MORE : 0);
  worker.ring.send(socket_, {pending_, pending_size_}, flags, tag(Operation::kSend));
}

// Begins a period of options.write_timeout. At its end the client must have acknowledged enough of the bytes that are
// in unread_. Sends do not begin a new period: the kernel may accept bytes again and again from a client that is slower
// than options.min_write_rate.
void Connection::await_progress(WorkerContext& worker, uint32_t unacknowledged_now) {
  unread_ = uint64_t{unacknowledged_now} + pending_size_;
  period_began_ms_ = worker.now_ms;
  interrupted_ = false;
  set_timeout(worker, Timeout::kWrite);
}

// A connection has one deadline. If the client may still read earlier answers, the next answer resumes their period.
void Connection::interrupt_write_timeout(WorkerContext& worker, Timeout kind) {
  interrupted_ |= worker.deadlines.kind(slot_) == Timeout::kWrite;
  set_timeout(worker, kind);
}

// As send_output(), for answers that may end an interruption of the write deadline. The new deadline is later than the
// interrupted one, so a period that is over by now ends here.
void Connection::send_resumed(WorkerContext& worker, Output& output, SendBlocks::BlockId block) {
  const bool resumes = interrupted_ && !output.empty();
  if (resumes) {
    interrupted_ = false;
    set_timeout(worker, Timeout::kWrite);
  }
  send_output(worker, output, block);
  const bool over = worker.now_ms - period_began_ms_ >= worker.options.write_timeout.count();
  if (resumes && over) on_write_timeout(worker);
}

// The pending bytes follow those that the client is reading, if the write deadline is set.
void Connection::expect_more(WorkerContext& worker) {
  if (worker.deadlines.kind(slot_) != Timeout::kWrite) return;
  if (unacknowledged() == 0) return await_progress(worker, 0);  // the client had nothing more to read
  unread_ += pending_size_;
}

// Bytes in the socket's send queue that the client has not acknowledged.
uint32_t Connection::unacknowledged() const {
  int bytes = 0;
  return ioctl(socket_, SIOCOUTQ, &bytes) == 0 ? static_cast<uint32_t>(bytes) : 0;
}

void Connection::release_pending(WorkerContext& worker) {
  if (block_ != SendBlocks::kNone) worker.send_blocks.release(block_);
  block_ = SendBlocks::kNone;
  heap_.reset();
  pending_ = nullptr;
  pending_size_ = 0;
}

void Connection::on_all_sent(WorkerContext& worker) {
  release_pending(worker);
  if (file_ != nullptr) {
    if (file_->remaining() > 0) return read_next_piece(worker);
    file_.reset();
  }
  if (waiting_) {
    interrupt_write_timeout(worker, Timeout::kNone);
    if (!too_much_queued()) start_receiving(worker);
    return;
  }
  if (last_) return linger(worker);
  state_ = State::kReading;
  if (partial_ != nullptr && partial_->unparsed() > 0) serve_partial(worker);
  if (!too_much_queued()) start_receiving(worker);
  if (state_ == State::kReading) await_input(worker);  // may destroy *this
}

// All received requests are answered: waits for more input.
void Connection::await_input(WorkerContext& worker) {
  if (end_of_input_) {
    return has_begun_request() ? refuse_and_close(worker, 400, "the request ends too early") : close(worker);
  }
  if (has_begun_request()) {
    return interrupt_write_timeout(worker, partial_->parser().head_complete() ? Timeout::kBody : Timeout::kHeader);
  }
  // A client that still reads a large answer from the socket's buffer is not idle: the write deadline stays.
  const bool reads = worker.deadlines.kind(slot_) == Timeout::kWrite && unacknowledged() > 0 &&
                     worker.options.write_timeout < worker.options.idle_timeout;
  if (!reads) set_timeout(worker, Timeout::kIdle);
}

void Connection::read_next_piece(WorkerContext& worker) {
  sending_ = true;
  const size_t size = std::min<uint64_t>(file_->remaining(), limits::kFilePieceBytes);
  worker.ring.read_file(file_->descriptor(), {file_->piece().data(), size}, file_->offset(), tag(Operation::kReadFile));
}

// --- Receiving and closing ---

void Connection::set_timeout(WorkerContext& worker, Timeout kind) const {
  worker.deadlines.set(slot_, kind, worker.now_ms);
}

void Connection::start_receiving(WorkerContext& worker) {
  if (receiving_ || end_of_input_ || state_ == State::kClosing) return;
  receiving_ = true;
  full_buffers_ = 0;
  worker.ring.receive(socket_, tag(Operation::kReceive));
}

void Connection::stop_receiving(WorkerContext& worker) {
  if (!receiving_ || stopping_receive_) return;
  stopping_receive_ = true;
  worker.ring.cancel(tag(Operation::kReceive));
}

void Connection::linger(WorkerContext& worker) {
  if (end_of_input_) return close(worker);
  state_ = State::kLingering;
  drop_partial(worker);
  shutdown(socket_, SHUT_WR);
  set_timeout(worker, Timeout::kLinger);
  start_receiving(worker);
}

void Connection::close(WorkerContext& worker) {
  state_ = State::kClosing;
  set_timeout(worker, Timeout::kNone);
  drop_partial(worker);
  if (receiving_ || sending_) shutdown(socket_, SHUT_RDWR);  // completes the operations in flight
  release_if_quiet(worker);
}

void Connection::release_if_quiet(WorkerContext& worker) {
  if (!receiving_ && !sending_) dismiss(worker);
}

void Connection::dismiss(WorkerContext& worker) {
  drop_partial(worker);
  release_pending(worker);
  ::close(socket_);
  worker.admission.leave();
  worker.connections.release(slot_);  // destroys *this
}

}  // namespace duel::http::core

#include "http/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "alloc/phases.h"
#include "http/limits.h"
#include "http/partial_request.h"
#include "http/worker_context.h"

namespace duel::http {

using namespace std::string_view_literals;

namespace {

// The usual case, 2xx, is what is left.
void count_status(WorkerContext& worker, int status) {
  if (status < 300) return;
  WorkerCounters& counters = worker.counters;
  (status < 400 ? counters.responses_3xx : status < 500 ? counters.responses_4xx : counters.responses_5xx).add(1);
}

// What went wrong, for who reads the answer (RFC 9110 §15.5, §15.6).
void end_with_reason(Response& response, int status, const char* reason) {
  char body[160];
  const int size = std::snprintf(body, sizeof body, "%d %s: %s\n", status, reason_phrase(status).data(), reason);
  response.status(status);
  response.set("Content-Type"sv, "text/plain; charset=utf-8"sv);
  response.end({body, std::min(static_cast<size_t>(size), sizeof body - 1)});
}

}  // namespace

// --- What can happen ---

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
  if (state_ != State::kAnswering || last_) return;  // nobody will read it
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
    if (state_ == State::kAnswering) return;  // what it has asked for is still answered
    return partial_ != nullptr ? refuse_and_close(worker, 400, "the request ends too early") : close(worker);
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
  // The socket takes no more for now. The rest waits in memory of its own, so that the block is free for others.
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
  // The length has been promised: a file that has become shorter, or cannot be read, can only be cut off visibly.
  if (result <= 0) return abort(worker);
  const auto size = std::min(static_cast<uint64_t>(result), file_->remaining());
  file_->advance(size);
  pending_ = file_->piece().data();
  pending_size_ = size;
  worker.counters.bytes_sent.add(size);
  send_pending(worker, false);
}

void Connection::on_timeout(WorkerContext& worker, Timeout kind) {
  // Passed in the very turn in which what it waited for arrived; set again when the answer is out.
  if (state_ == State::kAnswering && kind != Timeout::kWrite) return;
  switch (kind) {
    case Timeout::kHeader:
      return refuse_and_close(worker, 408, "the request's head did not arrive in time");
    case Timeout::kBody:
      return refuse_and_close(worker, 408, "the request's body did not arrive in time");
    case Timeout::kWrite:
      // The kernel takes more of an answer only when a good part of what it has is gone; a slow reader makes progress
      // long before.
      if (unacknowledged() < unacknowledged_) return await_progress(worker);
      return abort(worker);
    case Timeout::kIdle:
      // A request that came in time, and that we have not looked at because this process was held up.
      if (has_unread_input() || worker.ring.has_completions()) return set_timeout(worker, Timeout::kIdle);
      return close(worker);
    case Timeout::kLinger:
    case Timeout::kNone:
      return close(worker);
  }
}

// What was answered so far and is not sent yet is lost with it: nothing shows how far it got, and nothing is wrong.
void Connection::on_no_memory(WorkerContext& worker) {
  worker.parser.reset();
  abort(worker);
}

void Connection::on_drain(WorkerContext& worker) {
  if (state_ != State::kReading || partial_ != nullptr) return;
  if (!has_unread_input()) linger(worker);  // else a request is answered yet
}

bool Connection::on_late_answer(WorkerContext& worker, const LateAnswer& late) {
  if (state_ == State::kClosing) return true;
  if (sending_) return false;
  waiting_ = false;
  const SendBlocks::Space space = worker.send_blocks.space();
  Output output(space.first, space.last);
  Request request;
  request.method = late.request.head_only ? Method::kHead : Method::kGet;
  request.minor_version = late.request.minor_version;
  Response& response = worker.response;
  response.start(request, output, late.request.keep_alive && !(worker.draining && partial_ == nullptr));
  response.status(late.answer.status);
  for (const auto& [name, value] : late.answer.fields) response.add(name, value);
  response.end(late.answer.body);
  count_status(worker, response.status());
  last_ = !response.keep_alive();
  send_output(worker, output, space.block);
  return true;
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

// --- Requests to answers ---

Connection::Served Connection::serve(WorkerContext& worker, std::span<char> bytes, RequestParser& parser,
                                     Output& output, size_t& done) {
  for (done = 0;;) {
    alloc::enter(alloc::Phase::kParse);
    switch (parser.parse(bytes.data() + done, bytes.size() - done)) {
      case RequestParser::Status::kNeedMore:
        return Served::kIncomplete;
      case RequestParser::Status::kError:
        refuse(worker, parser.method(bytes.data() + done), parser.error_status(), parser.error_reason(), output);
        return Served::kLast;
      case RequestParser::Status::kComplete:
        break;
    }
    Request request = parser.request(bytes.data() + done);
    const bool last_in_buffer = done + parser.consumed() == bytes.size();
    // When the server stops, what has been received is answered yet.
    request.keep_alive &= !worker.options.disable_keep_alive && !(worker.draining && last_in_buffer);
    const size_t before = output.size();
    const bool open = answer(worker, request, output);
    done += parser.consumed();
    parser.reset();
    continued_ = false;
    if (!open) return Served::kLast;
    if (waiting_ || file_ != nullptr || output.size() >= limits::kOutputHighWaterBytes) return Served::kBlocked;
    if (done == bytes.size()) return Served::kAll;
    // Another answer like this one would go to the heap: it waits for the room that these give back.
    if (output.would_leave_space(output.size() - before)) return Served::kBlocked;
  }
}

// The usual case: everything is answered out of the receive buffer, and nothing is kept.
void Connection::serve_received(WorkerContext& worker, std::span<char> bytes) {
  const SendBlocks::Space space = worker.send_blocks.space();
  Output output(space.first, space.last);
  size_t done = 0;
  RequestParser& parser = worker.parser;
  const Served served = serve(worker, bytes, parser, output, done);
  if (served == Served::kIncomplete && parser.started()) {
    keep(worker, parser, bytes.subspan(done, parser.parsed()));
    await_rest(worker, true, output);
  }
  parser.reset();
  if (served == Served::kBlocked && done < bytes.size()) keep(worker, parser, bytes.subspan(done));
  last_ = served == Served::kLast;
  send_output(worker, output, space.block);
}

void Connection::serve_partial(WorkerContext& worker) {
  const SendBlocks::Space space = worker.send_blocks.space();
  Output output(space.first, space.last);
  size_t done = 0;
  RequestParser& parser = partial_->parser();
  const Served served = serve(worker, {partial_->data(), partial_->size()}, parser, output, done);
  if (served == Served::kIncomplete && parser.started()) {
    partial_->drop_front(done);
    partial_->keep_parsed();
    await_rest(worker, done > 0, output);
  } else if (served == Served::kBlocked && done < partial_->size()) {
    partial_->drop_front(done);
  } else {
    drop_partial(worker);
    if (served == Served::kIncomplete) set_timeout(worker, Timeout::kIdle);  // it was an empty line
  }
  last_ = served == Served::kLast;
  send_output(worker, output, space.block);
}

// The time limits of a request count from its first byte and from the end of its head: dripping does not extend them.
void Connection::await_rest(WorkerContext& worker, bool new_request, Output& output) {
  const RequestParser& parser = partial_->parser();
  const Timeout kind = parser.head_complete() ? Timeout::kBody : Timeout::kHeader;
  if (new_request || worker.deadlines.kind(slot_) != kind) set_timeout(worker, kind);
  // Not needed when the body has begun to arrive (RFC 9110 §10.1.1).
  if (parser.head_complete() && parser.expects_continue() && !continued_ && !parser.body_started()) {
    continued_ = true;
    output.append("HTTP/1.1 100 Continue\r\n\r\n"sv);
  }
}

bool Connection::answer(WorkerContext& worker, Request& request, Output& output) {
  worker.counters.requests.add(1);
  request.socket = socket_;
  Response& response = worker.response;
  response.start(request, output, request.keep_alive);
  bool broken = false;
  try {
    if (request.method == Method::kConnect) {
      response.close();  // what follows was meant for a tunnel
      end_with_reason(response, 501, "no tunnels");
    } else if (request.path == "*"sv) {
      response.status(204);  // OPTIONS for the server as a whole (RFC 9110 §9.3.7)
      response.set("Allow"sv, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"sv);
    } else {
      const alloc::Books::Entry entry(worker.books);  // the router charges the account of the route
      worker.handler->handle(request, response);
    }
  } catch (...) {
    broken = response.started();
    if (!broken) {
      response.start(request, output, request.keep_alive);
      end_with_reason(response, 500, "the handler failed");
    }
  }
  alloc::enter(alloc::Phase::kWrite);
  if (!response.ended()) {
    if (broken) return false;  // a body that breaks off in the middle must not look complete
    if (response.late()) {
      begin_late(worker, request);
      return true;
    }
    response.end();
  }
  count_status(worker, response.status());
  return place_file(response, output) && response.keep_alive();
}

void Connection::begin_late(WorkerContext& worker, const Request& request) {
  waiting_ = true;
  state_ = State::kAnswering;
  set_timeout(worker, Timeout::kNone);
  const LateRequest late{.slot = slot_,
                         .generation = generation_,
                         .head_only = request.method == Method::kHead,
                         .keep_alive = request.keep_alive,
                         .minor_version = request.minor_version};
  try {
    worker.response.take_begin()(Later(worker.late, late));
  } catch (...) {  // what it had of the duty is answered with 500
  }
}

// Small files go out with the head; false if the promised bytes cannot be read.
bool Connection::place_file(Response& response, Output& output) {
  const FileBody file = response.file();
  if (file.descriptor < 0) return true;
  if (file.size > limits::kFileInlineBytes) {
    file_ = std::make_unique<FileTransfer>(file);
    response.take_file();  // what may throw is over: the descriptor has its owner
    return true;
  }
  char* const to = output.reserve(file.size);
  response.take_file();
  const ssize_t size = pread(file.descriptor, to, file.size, static_cast<off_t>(file.offset));
  ::close(file.descriptor);
  if (size > 0) output.commit(static_cast<size_t>(size));
  return size == static_cast<ssize_t>(file.size);
}

void Connection::refuse(WorkerContext& worker, Method method, int status, const char* reason, Output& output) {
  worker.counters.refused.add(1);
  count_status(worker, status);
  Request request;
  request.method = method;
  worker.response.start(request, output, false);
  end_with_reason(worker.response, status, reason);
}

void Connection::refuse_and_close(WorkerContext& worker, int status, const char* reason) {
  const SendBlocks::Space space = worker.send_blocks.space();
  Output output(space.first, space.last);
  const Method method = partial_ != nullptr ? partial_->parser().method(partial_->data()) : Method::kOther;
  refuse(worker, method, status, reason, output);
  drop_partial(worker);
  last_ = true;
  send_output(worker, output, space.block);
}

// --- Bytes that wait ---

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

// Linux (6.18 at least) puts a multishot receive off after 32 buffers in a row, and a reset that comes in just then is
// not reported any more. A receive that is armed anew meets it.
void Connection::count_full_buffer(WorkerContext& worker, size_t size) {
  constexpr uint8_t kInARow = 32;
  full_buffers_ = size == limits::kReceiveBufferBytes ? full_buffers_ + 1 : 0;
  if (full_buffers_ >= kInARow) stop_receiving(worker);
}

// --- Answers to the socket ---

void Connection::send_output(WorkerContext& worker, Output& output, SendBlocks::BlockId block) {
  alloc::enter(alloc::Phase::kWrite);
  assert(!last_ || !output.empty());  // a last answer has bytes
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
  send_pending(worker, in_block);
}

void Connection::send_pending(WorkerContext& worker, bool now_or_never) {
  if (!now_or_never) await_progress(worker);
  sending_ = true;
  worker.ring.send(socket_, {pending_, pending_size_}, now_or_never, tag(Operation::kSend));
}

void Connection::await_progress(WorkerContext& worker) {
  unacknowledged_ = unacknowledged();
  set_timeout(worker, Timeout::kWrite);
}

// Bytes in the socket's send queue that the client's side has not acknowledged.
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
    set_timeout(worker, Timeout::kNone);
    if (!too_much_queued()) start_receiving(worker);
    return;
  }
  if (last_) return linger(worker);
  state_ = State::kReading;
  if (partial_ != nullptr && partial_->unparsed() > 0) serve_partial(worker);
  if (!too_much_queued()) start_receiving(worker);
  if (state_ == State::kReading) await_input(worker);  // may end *this
}

// Nothing is left to answer: more input has to come.
void Connection::await_input(WorkerContext& worker) {
  if (partial_ != nullptr) {
    if (end_of_input_) return refuse_and_close(worker, 400, "the request ends too early");
    return set_timeout(worker, partial_->parser().head_complete() ? Timeout::kBody : Timeout::kHeader);
  }
  if (end_of_input_) return close(worker);
  set_timeout(worker, Timeout::kIdle);
}

void Connection::read_next_piece(WorkerContext& worker) {
  sending_ = true;
  const size_t size = std::min<uint64_t>(file_->remaining(), limits::kFilePieceBytes);
  worker.ring.read_file(file_->descriptor(), {file_->piece().data(), size}, file_->offset(), tag(Operation::kReadFile));
}

// --- The connection's life ---

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
  if (receiving_ || sending_) shutdown(socket_, SHUT_RDWR);  // completes what is in flight
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
  worker.connections.release(slot_);  // ends *this
}

}  // namespace duel::http

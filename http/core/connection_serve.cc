#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <string_view>

#include "alloc/phases.h"
#include "http/core/connection.h"
#include "http/core/partial_request.h"
#include "http/core/worker_context.h"
#include "http/limits.h"
#include "http/on_exception.h"

// The part of Connection that turns received requests into answers.
namespace duel::http::core {

using namespace std::string_view_literals;

namespace {

// 2xx, the usual case, is not counted: the number of 2xx is the number of all responses minus these three classes.
void count_status(WorkerContext& worker, int status) {
  if (status < 300) return;
  WorkerCounters& counters = worker.counters;
  (status < 400 ? counters.responses_3xx : status < 500 ? counters.responses_4xx : counters.responses_5xx).add(1);
}

// Ends the response with a body that explains the error (RFC 9110 §15.5, §15.6). Out of line, because `body` would
// enlarge the stack frame of every request.
[[gnu::cold, gnu::noinline]] void end_with_reason(Response& response, int status, const char* reason) {
  char body[160];
  const int size = std::snprintf(body, sizeof body, "%d %s: %s\n", status, reason_phrase(status).data(), reason);
  response.status(status);
  response.set("Content-Type"sv, "text/plain; charset=utf-8"sv);
  response.end({body, std::min(static_cast<size_t>(size), sizeof body - 1)});
}

bool is_for_resource(const Request& request) {
  return request.method != Method::kConnect && request.path != "*"sv;
}

// Answers a request that is not for a resource.
[[gnu::cold, gnu::noinline]] void answer_without_resource(const Request& request, Response& response) {
  if (request.method == Method::kConnect) {
    response.close();  // the bytes that follow are meant for the tunnel
    return end_with_reason(response, 501, "CONNECT tunnels are not supported");
  }
  response.status(204);  // OPTIONS for the whole server (RFC 9110 §9.3.7)
  response.set("Allow"sv, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"sv);
}

void dispatch(WorkerContext& worker, const Request& request, Response& response) {
  if (!is_for_resource(request)) return answer_without_resource(request, response);
  const alloc::Books::Entry entry(worker.books);  // the router charges the account of the route
  worker.handler->handle(request, response);
}

// Counts a request that was handled outside of an Entry, for the account that was charged last.
void count_request(WorkerContext& worker) {
  const alloc::AccountId account = alloc::charged();
  const alloc::Books::Entry entry(worker.books);
  alloc::charge(account);
}

// Returns false if the answer may depend on the body. Then the request is counted when the body has arrived.
bool dispatch_head(WorkerContext& worker, const Request& request, Response& response) {
  if (!is_for_resource(request)) {
    answer_without_resource(request, response);
    return true;
  }
  bool answered = false;
  try {
    const alloc::Books::Deferred costs(worker.books, alloc::kUnmatched);
    answered = worker.handler->answer_head(request, response);
  } catch (...) {
    count_request(worker);  // the answer is 500
    throw;
  }
  if (answered) count_request(worker);
  return answered;
}

// Runs a step of the handler. If it throws, calls `recover` and reports the exception.
template <typename Step, typename Recover>
void guard(WorkerContext& worker, const Request& request, Step step, Recover recover) {
  try {
    step();
  } catch (...) {
    recover();
    if (worker.options.on_exception) worker.options.on_exception(request, what_was_thrown());
  }
}

// Runs the step of the handler that answers the request; if it throws, the answer is 500. Returns false if a part of
// the body had been written already: a truncated body must not look complete.
template <typename Step>
bool run_handler(WorkerContext& worker, const Request& request, Output& output, Step step) {
  Response& response = worker.response;
  response.start(request, output, request.keep_alive);
  bool broken = false;
  guard(worker, request, step, [&] {
    broken = response.started();
    if (broken) return;
    response.start(request, output, request.keep_alive);
    end_with_reason(response, 500, "the handler failed");
  });
  return !broken;
}

}  // namespace

// Completes the answer after run_handler(), which returned `whole`. Inlined into answer(), which every request needs,
// though the rare answer_head() calls it, too.
[[gnu::always_inline]] inline bool Connection::conclude(WorkerContext& worker, const Request& request, bool whole,
                                                        Output& output) {
  Response& response = worker.response;
  alloc::enter(alloc::Phase::kWrite);
  if (!response.ended()) {
    if (!whole) return false;
    if (response.deferred()) {
      begin_deferred(worker, request);
      return true;
    }
    response.end();
  }
  count_status(worker, response.status());
  return (response.file().descriptor < 0 || place_file(response, output)) && response.keep_alive();
}

// Inlined into serve(), its only caller: a call would save and restore seven registers per request.
[[gnu::always_inline]] inline bool Connection::answer(WorkerContext& worker, Request& request, Output& output) {
  worker.counters.requests.add(1);
  request.socket = socket_;
  const bool whole = run_handler(worker, request, output, [&] { dispatch(worker, request, worker.response); });
  return conclude(worker, request, whole, output);
}

Connection::Served Connection::serve(WorkerContext& worker, std::span<char> bytes, RequestParser& parser,
                                     Output& output, size_t& done) {
  Request request;  // for each request, answer() sets the socket, and read() sets all other members
  for (done = 0;;) {
    alloc::enter(alloc::Phase::kParse);
    switch (parser.read(bytes.data() + done, bytes.size() - done, worker.simple_heads, request)) {
      case RequestParser::Status::kNeedMore:
        return Served::kIncomplete;
      case RequestParser::Status::kError:
        refuse(worker, parser.method(bytes.data() + done), parser.error_status(), parser.error_reason(), output);
        return Served::kLast;
      case RequestParser::Status::kComplete:
        break;
    }
    worker.counters.simple_heads.add(parser.used_llhttp() ? 0 : 1);
    if (worker.options.disable_keep_alive) request.keep_alive = false;
    // When the server stops, the received requests are still answered: only the last one closes the connection.
    if (worker.draining && done + parser.consumed() == bytes.size()) request.keep_alive = false;
    const size_t before = output.size();
    const bool open = answer(worker, request, output);
    done += parser.consumed();
    parser.reset();
    continued_ = false;
    if (!open) return Served::kLast;
    if (waiting_ || file_ != nullptr || output.size() >= limits::kOutputHighWaterBytes) return Served::kBlocked;
    if (done == bytes.size()) return Served::kAll;
    // The next answer, if it is as large as this one, would go to the heap. It waits until these answers are sent.
    if (output.would_leave_space(output.size() - before)) return Served::kBlocked;
  }
}

// The usual case: all requests are parsed in the receive buffer and answered, and no bytes are kept.
void Connection::serve_received(WorkerContext& worker, std::span<char> bytes) {
  const SendBlocks::Space space = worker.send_blocks.space();
  Output output(space.first, space.last);
  size_t done = 0;
  RequestParser& parser = worker.parser;
  const Served served = serve(worker, bytes, parser, output, done);
  last_ = served == Served::kLast;
  if (served == Served::kIncomplete && parser.started()) {
    keep(worker, parser, bytes.subspan(done, parser.parsed()));
    last_ = await_rest(worker, true, output);
  }
  parser.reset();
  if (served == Served::kBlocked && done < bytes.size()) keep(worker, parser, bytes.subspan(done));
  send_output(worker, output, space.block);
}

void Connection::serve_partial(WorkerContext& worker) {
  const SendBlocks::Space space = worker.send_blocks.space();
  Output output(space.first, space.last);
  size_t done = 0;
  RequestParser& parser = partial_->parser();
  const Served served = serve(worker, {partial_->data(), partial_->size()}, parser, output, done);
  last_ = served == Served::kLast;
  if (served == Served::kIncomplete && parser.started()) {
    partial_->drop_front(done);
    partial_->keep_parsed();
    last_ = await_rest(worker, done > 0, output);
  } else if (served == Served::kBlocked && done < partial_->size()) {
    partial_->drop_front(done);
  } else {
    drop_partial(worker);
  }
  send_resumed(worker, output, space.block);
}

// The time limits of a request count from its first byte and from the end of its head. Further bytes do not extend
// them. Returns true if the answer of answer_head() is the connection's last one.
bool Connection::await_rest(WorkerContext& worker, bool new_request, Output& output) {
  const RequestParser& parser = partial_->parser();
  if (!parser.request_begun()) return false;  // an empty line: the connection is still idle
  const Timeout kind = parser.head_complete() ? Timeout::kBody : Timeout::kHeader;
  // While answers are sent, the write deadline stays; await_input() replaces it.
  const bool sends = !output.empty() && worker.deadlines.kind(slot_) == Timeout::kWrite;
  if (!sends && (new_request || worker.deadlines.kind(slot_) != kind)) interrupt_write_timeout(worker, kind);
  // The client does not wait for 100 Continue if it has begun to send the body (RFC 9110 §10.1.1).
  if (!parser.head_complete() || !parser.expects_continue() || continued_ || parser.body_started()) return false;
  continued_ = true;
  return answer_head(worker, output);
}

// Answers a client that waits before it sends the body: with 100 Continue, or with the final answer if the head decides
// it. Returns true if this is the connection's last answer.
bool Connection::answer_head(WorkerContext& worker, Output& output) {
  Request head = partial_->parser().request(partial_->data());
  head.socket = socket_;
  head.keep_alive = false;  // a body that is not read cannot be told from the next request
  bool answered = true;     // also if the handler throws
  const bool whole =
      run_handler(worker, head, output, [&] { answered = dispatch_head(worker, head, worker.response); });
  if (!answered) {
    output.append("HTTP/1.1 100 Continue\r\n\r\n"sv);
    return false;
  }
  worker.counters.requests.add(1);
  return !conclude(worker, head, whole, output);
}

void Connection::begin_deferred(WorkerContext& worker, const Request& request) {
  waiting_ = true;
  state_ = State::kAnswering;
  interrupt_write_timeout(worker, Timeout::kNone);
  const DeferredRequest deferred{.slot = slot_,
                                 .generation = generation_,
                                 .head_only = request.method == Method::kHead,
                                 .keep_alive = request.keep_alive,
                                 .minor_version = request.minor_version,
                                 .status_of_overflow = Response::status_of_overflow(request)};
  // If `begin` throws, the destructor of the DeferredAnswer answers with 500.
  guard(
      worker, request, [&] { worker.response.take_begin()(DeferredAnswer(worker.finished_answers, deferred)); }, [] {});
}

bool Connection::on_finished_answer(WorkerContext& worker, const FinishedAnswer& finished) {
  if (state_ == State::kClosing) return true;
  if (sending_) return false;
  waiting_ = false;
  const SendBlocks::Space space = worker.send_blocks.space();
  Output output(space.first, space.last);
  Request request;
  request.method = finished.request.head_only ? Method::kHead : Method::kGet;
  request.minor_version = finished.request.minor_version;
  Response& response = worker.response;
  response.start(request, output, finished.request.keep_alive && (!worker.draining || partial_ != nullptr));
  response.set_status_of_overflow(finished.request.status_of_overflow);
  response.status(finished.answer.status);
  for (const auto& [name, value] : finished.answer.fields) response.add(name, value);
  response.end(finished.answer.body);
  count_status(worker, response.status());
  last_ = !response.keep_alive();
  send_resumed(worker, output, space.block);
  return true;
}

// Reads a small file into the output, behind the head. Returns false if the bytes cannot be read.
bool Connection::place_file(Response& response, Output& output) {
  const FileBody file = response.file();
  if (file.size > limits::kFileInlineBytes) {
    file_ = std::make_unique<FileTransfer>(file);
    response.take_file();  // not before make_unique, which can throw: file_ owns the descriptor only now
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

}  // namespace duel::http::core

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "http/core/deadlines.h"
#include "http/core/file_transfer.h"
#include "http/core/parser.h"
#include "http/core/ring.h"
#include "http/core/send_blocks.h"
#include "http/deferred_answer.h"
#include "http/output.h"
#include "http/request.h"

namespace duel::http::core {

class PartialRequest;
struct WorkerContext;

// The connection of one client. Its worker calls one on_ function per event; each leaves the connection in one of these
// states:
//
//            on_accepted
//                 |
//                 v      bytes          sent / file sent
//             +-> kReading -----> kAnswering -----+
//             |        |              |           |
//             +--------|--------------|-----------+
//                      | last answer, error, timeout, end of input
//                      v              v
//                 kLingering ----> kClosing ----> released, when no operation is in flight
//
// kReading: waits for the bytes of a new request, or for the rest of a request. An idle connection owns no buffer.
// kAnswering: an answer is being sent, or another thread prepares it. Bytes that arrive meanwhile are queued; beyond
// limits::kQueuedInputBytes the connection stops receiving.
// kLingering: the server's side is shut down. Waits for the client's end of input, so that no reset overtakes the
// answer. kClosing: waits for the completions of the operations in flight.
//
// At most one multishot receive and one send or file read are in flight.
class Connection {
 public:
  enum class State : uint8_t { kReading, kAnswering, kLingering, kClosing };

  Connection(uint32_t slot, uint32_t generation, int socket) : socket_(socket), slot_(slot), generation_(generation) {}

  void on_accepted(WorkerContext& worker);
  // `bytes` is writable; it belongs to the caller again when the function returns.
  void on_received(WorkerContext& worker, std::span<char> bytes);
  // The multishot receive has ended. `result`: 0 for the client's end of input, a negative errno, or positive if the
  // kernel ended it without an error.
  void on_receive_ended(WorkerContext& worker, int result);
  void on_sent(WorkerContext& worker, int result);
  void on_file_read(WorkerContext& worker, int result);
  void on_timeout(WorkerContext& worker, Timeout kind);
  // Another thread has finished a deferred answer. Returns false if the answer before it is still being sent: then the
  // worker calls again later.
  bool on_finished_answer(WorkerContext& worker, const FinishedAnswer& finished);
  // Another on_ function has thrown std::bad_alloc: this connection ends, the worker continues.
  void on_no_memory(WorkerContext& worker);
  // The server stops, and limits::kFarewellMs has passed: an idle connection ends now, every other connection ends with
  // its next answer. Called at the end of each loop iteration, if no completion waits.
  void on_drain(WorkerContext& worker);
  // Ends the connection with a reset, without sending the rest of an answer.
  void abort(WorkerContext& worker);

  // Ends without waiting for the operations in flight: only after the ring was closed.
  void dismiss(WorkerContext& worker);

  Tag tag(Operation operation) const { return {operation, generation_, slot_}; }

 private:
  void on_write_timeout(WorkerContext& worker);

  enum class Served : uint8_t { kAll, kIncomplete, kBlocked, kLast };

  // Answers the requests in `bytes`; appends the answers to `output` and sets `done` to the number of consumed bytes.
  Served serve(WorkerContext& worker, std::span<char> bytes, RequestParser& parser, Output& output, size_t& done);
  void serve_received(WorkerContext& worker, std::span<char> bytes);
  void serve_partial(WorkerContext& worker);
  bool await_rest(WorkerContext& worker, bool new_request, Output& output);
  // Rare, so its code does not stand among that of every request.
  [[gnu::cold, gnu::noinline]] bool answer_head(WorkerContext& worker, Output& output);
  // Both return true if the connection stays open.
  bool answer(WorkerContext& worker, Request& request, Output& output);
  bool conclude(WorkerContext& worker, const Request& request, bool whole, Output& output);
  void begin_deferred(WorkerContext& worker, const Request& request);
  bool place_file(Response& response, Output& output);
  static void refuse(WorkerContext& worker, Method method, int status, const char* reason, Output& output);
  void refuse_and_close(WorkerContext& worker, int status, const char* reason);

  void keep(WorkerContext& worker, const RequestParser& parser, std::span<const char> bytes);
  void drop_partial(WorkerContext& worker);
  bool too_much_queued() const;
  void count_full_buffer(WorkerContext& worker, size_t size);

  void send_output(WorkerContext& worker, Output& output, SendBlocks::BlockId block);
  void send_pending(WorkerContext& worker, bool now_or_never);
  void release_pending(WorkerContext& worker);
  void await_progress(WorkerContext& worker, uint32_t unacknowledged_now);
  void interrupt_write_timeout(WorkerContext& worker, Timeout kind);
  void send_resumed(WorkerContext& worker, Output& output, SendBlocks::BlockId block);
  void expect_more(WorkerContext& worker);
  uint32_t unacknowledged() const;
  void on_all_sent(WorkerContext& worker);
  void await_input(WorkerContext& worker);
  bool has_begun_request() const;
  bool has_unread_input() const;
  void read_next_piece(WorkerContext& worker);

  void set_timeout(WorkerContext& worker, Timeout kind) const;
  void start_receiving(WorkerContext& worker);
  void stop_receiving(WorkerContext& worker);
  void linger(WorkerContext& worker);
  void close(WorkerContext& worker);
  void release_if_quiet(WorkerContext& worker);

  // Idle connections are most of the memory of a server with many clients, so the members leave no gaps.
  int socket_;
  uint32_t slot_;
  uint32_t generation_;  // only the lower 24 bits, as in Tag
  State state_ = State::kReading;
  bool receiving_ : 1 = false;                     // a multishot receive is armed
  bool stopping_receive_ : 1 = false;              // the receive is being cancelled
  bool sending_ : 1 = false;                       // a send or a file read is in flight
  bool end_of_input_ : 1 = false;                  // the client has shut down its side
  bool last_ : 1 = false;                          // the answer that is being sent is the last one
  bool waiting_ : 1 = false;                       // for a deferred answer
  bool continued_ : 1 = false;                     // 100 Continue has been sent for this request
  bool interrupted_ : 1 = false;                   // another deadline has replaced the write deadline
  uint8_t full_buffers_ = 0;                       // consecutive full buffers since the receive was armed
  SendBlocks::BlockId block_ = SendBlocks::kNone;  // holds the pending bytes; if kNone, heap_ or file_ does
  PartialRequest* partial_ = nullptr;
  // Of the period that the write deadline ends, see await_progress().
  uint64_t unread_ = 0;  // bytes that the client had not acknowledged when the period began, and bytes since
  int64_t period_began_ms_ = 0;
  const char* pending_ = nullptr;  // answer bytes that the socket has not accepted
  size_t pending_size_ = 0;
  std::unique_ptr<char[]> heap_;
  std::unique_ptr<FileTransfer> file_;
};

}  // namespace duel::http::core

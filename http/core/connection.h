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

// One client. Its worker calls the on_ functions, one for each thing that can happen; each leaves the connection in one
// of these states:
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
// kReading: waits for bytes, of a new request or of the rest of one. An idle connection owns no buffer.
// kAnswering: an answer is being sent, or made by another thread; what arrives meanwhile is queued, up to a bound, then
// receiving stops. kLingering: our side is shut down; waits for the client's end of input, so that no reset overtakes
// the answer. kClosing: waits for the completions of what is in flight.
//
// In flight are at most one receive (multishot) and one of {send, file read}.
class Connection {
 public:
  enum class State : uint8_t { kReading, kAnswering, kLingering, kClosing };

  Connection(uint32_t slot, uint32_t generation, int socket) : socket_(socket), slot_(slot), generation_(generation) {}

  void on_accepted(WorkerContext& worker);
  // `bytes` is writable memory that is the caller's again afterwards.
  void on_received(WorkerContext& worker, std::span<char> bytes);
  // The multishot receive has ended: 0 is the client's end of input, negative an errno, positive no reason of its own.
  void on_receive_ended(WorkerContext& worker, int result);
  void on_sent(WorkerContext& worker, int result);
  void on_file_read(WorkerContext& worker, int result);
  void on_timeout(WorkerContext& worker, Timeout kind);
  // What another thread has answered. False: an answer before it is still being sent; to be called again.
  bool on_finished_answer(WorkerContext& worker, const FinishedAnswer& finished);
  // One of the others has thrown std::bad_alloc: this connection ends, the worker goes on.
  void on_no_memory(WorkerContext& worker);
  // The server stops, and has waited for who was about to ask: an idle connection ends now, others with their next
  // answer. For the end of a turn, when no completion waits; in every turn.
  void on_drain(WorkerContext& worker);
  // Ends at once, whatever is in flight; the client sees a reset.
  void abort(WorkerContext& worker);

  // Ends without waiting for what is in flight: only when the ring is gone.
  void dismiss(WorkerContext& worker);

  Tag tag(Operation operation) const { return {operation, generation_, slot_}; }

 private:
  enum class Served : uint8_t { kAll, kIncomplete, kBlocked, kLast };

  // Answers the requests in `bytes` into `output`; `done` is how many bytes that were.
  Served serve(WorkerContext& worker, std::span<char> bytes, RequestParser& parser, Output& output, size_t& done);
  void serve_received(WorkerContext& worker, std::span<char> bytes);
  void serve_partial(WorkerContext& worker);
  void await_rest(WorkerContext& worker, bool new_request, Output& output);
  bool answer(WorkerContext& worker, Request& request, Output& output);  // whether the connection stays open
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
  void await_progress(WorkerContext& worker);
  uint32_t unacknowledged() const;
  void on_all_sent(WorkerContext& worker);
  void await_input(WorkerContext& worker);
  bool has_unread_input() const;
  void read_next_piece(WorkerContext& worker);

  void set_timeout(WorkerContext& worker, Timeout kind) const;
  void start_receiving(WorkerContext& worker);
  void stop_receiving(WorkerContext& worker);
  void linger(WorkerContext& worker);
  void close(WorkerContext& worker);
  void release_if_quiet(WorkerContext& worker);

  int socket_;
  uint32_t slot_;
  uint32_t generation_;
  State state_ = State::kReading;
  bool receiving_ : 1 = false;                     // a multishot receive is armed
  bool stopping_receive_ : 1 = false;              // ... and being cancelled, because too much is queued
  bool sending_ : 1 = false;                       // a send or a file read is in flight
  bool end_of_input_ : 1 = false;                  // the client has shut down its side
  bool last_ : 1 = false;                          // nothing is answered behind what is being sent
  bool waiting_ : 1 = false;                       // for an answer that another thread makes
  bool continued_ : 1 = false;                     // 100 Continue has been sent for this request
  uint8_t full_buffers_ = 0;                       // in a row, since the receive was armed
  SendBlocks::BlockId block_ = SendBlocks::kNone;  // what holds the pending bytes: a send block, heap_ or file_
  PartialRequest* partial_ = nullptr;
  uint32_t unacknowledged_ = 0;    // when the write deadline was set
  const char* pending_ = nullptr;  // answer bytes not yet taken by the socket
  size_t pending_size_ = 0;
  std::unique_ptr<char[]> heap_;
  std::unique_ptr<FileTransfer> file_;
};

}  // namespace duel::http::core

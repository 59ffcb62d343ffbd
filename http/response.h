#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string_view>
#include <utility>

#include "http/date.h"
#include "http/deferred_answer.h"
#include "http/limits.h"
#include "http/output.h"
#include "http/request.h"

namespace duel::http {

// The reason phrase of RFC 9110 §15 (and 431, RFC 6585); "Unknown" for a code that has none.
std::string_view reason_phrase(int status);

// A file to send as the body. The connection closes `descriptor`.
struct FileBody {
  int descriptor = -1;
  uint64_t offset = 0;
  uint64_t size = 0;
};

class Response;

// Puts a body into other bytes before it is framed (a content coding, RFC 9110 §8.4).
class BodyCoder {
 public:
  virtual ~BodyCoder() = default;
  // The bytes to send, `body` itself or others that live until the next call; may change the response's fields.
  virtual std::string_view code(Response& response, std::string_view body) = 0;
};

// One response: status and fields are gathered, and with the body written to the Output in one go, framed by the core.
//
// Content-Length, Transfer-Encoding, Connection and Date belong to the core: what a handler sets under these names is
// ignored. Every body is copied (or, a file, taken over) before the call returns, so that it may lie anywhere.
// One object a worker, used again for each request; it allocates nothing.
class Response {
 public:
  explicit Response(const DateLine& date) : date_(&date) {}  // which outlives the response
  explicit Response(const DateLine&&) = delete;
  ~Response() { drop_file(); }
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;

  // Prepares for the answer to `request`, to be written behind what `output` holds. `keep_alive` is the core's
  // decision.
  void start(const Request& request, Output& output, bool keep_alive);

  void status(int code) { status_ = code; }  // 200 to 599; anything else goes out as 500
  int status() const { return status_; }

  // Appends a field / replaces all of its name / removes all of its name. CR, LF and NUL in a value become spaces, so
  // that no value can split the response. False, and nothing set, if the name is no token, is one of the core's, or
  // limits::kResponseFieldBytes is full (then the response becomes 500).
  bool add(std::string_view name, std::string_view value);
  bool set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  // The value of the first field of this name; empty if there is none. Valid until the next change.
  std::string_view get(std::string_view name) const;

  // Ends the response with this body. 204 and 304 carry none; the answer to HEAD keeps its length and drops its bytes.
  void end(std::string_view body = {});
  void end_file(FileBody file);

  // Leaves the answer to another thread (later.h). The core calls `begin` on this thread as soon as handle() has
  // returned; it hands the duty on and does not block. What was set here, status and fields too, does not count.
  void defer_answer(std::function<void(DeferredAnswer)> begin) {
    if (state_ != State::kOpen) return;
    state_ = State::kDeferred;
    begin_ = std::move(begin);
  }

  // What end() is given whole goes through `coder`, which outlives the response; streams and files do not.
  void code_body(BodyCoder& coder) { coder_ = &coder; }

  // Streams: begins a body of unknown length (chunked; in HTTP/1.0 ended by closing) and appends a piece. end()
  // finishes.
  void write(std::string_view piece);

  std::time_t date() const { return date_->second(); }  // what Date tells

  bool ended() const { return state_ == State::kEnded; }
  // The head is written; status and fields no longer count.
  bool started() const { return state_ == State::kStreaming || state_ == State::kEnded; }

  // For the connection: whether it stays open behind this response, and the file whose bytes follow the output.
  bool keep_alive() const { return keep_alive_; }
  const FileBody& file() const { return file_; }  // still ours
  FileBody take_file();
  bool deferred() const { return state_ == State::kDeferred; }
  std::function<void(DeferredAnswer)> take_begin() { return std::move(begin_); }

  // For handlers that answer close-worthy errors: `Connection: close` and no further request.
  void close() { keep_alive_ = false; }

 private:
  enum class State : uint8_t { kOpen, kStreaming, kEnded, kDeferred };
  enum class Framing : uint8_t { kLength, kChunked, kUntilClose, kNone };

  void remove_before(std::string_view name, size_t end);
  void drop_file();
  void write_head(Framing framing, uint64_t length, std::string_view body);
  bool has_no_body() const { return status_ == 204 || status_ == 304; }

  const DateLine* date_;
  Output* output_ = nullptr;
  BodyCoder* coder_ = nullptr;
  int status_ = 200;
  State state_ = State::kOpen;
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool overflow_ = false;
  uint8_t minor_version_ = 1;
  uint16_t fields_size_ = 0;
  FileBody file_;
  std::function<void(DeferredAnswer)> begin_;
  std::array<char, limits::kResponseFieldBytes> fields_;  // "Name: value\r\n" lines, as they go out
};

}  // namespace duel::http

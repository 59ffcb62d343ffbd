// For handlers and routers; a few members are for the connection only.
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
#include "http/field_line.h"
#include "http/limits.h"
#include "http/output.h"
#include "http/request.h"

namespace duel::http {

// The reason phrase of the IANA registry of status codes (RFC 9110 §16.2). Empty for a status that is not registered,
// as a status line allows (RFC 9112 §4).
std::string_view reason_phrase(int status);

// A part of a file to send as the body; sizes in bytes. The receiver of a FileBody owns its descriptor.
struct FileBody {
  int descriptor = -1;
  uint64_t offset = 0;
  uint64_t size = 0;
};

class Response;

// Encodes a body before it is framed (a content coding, RFC 9110 §8.4).
class BodyCoder {
 public:
  virtual ~BodyCoder() = default;
  // Returns the bytes to send: `body` itself, or bytes that stay valid until the next call. May change the fields of
  // the response.
  virtual std::string_view code(Response& response, std::string_view body) = 0;
  // Changes the fields of a 304 to those that the answer with the body would have (RFC 9110 §15.4.5).
  virtual void describe_not_modified(Response& response) = 0;
};

// One response. It collects status and fields, and writes them to the Output together with the body.
//
// Content-Length, Transfer-Encoding, Connection and Date belong to the core: a handler cannot set them. Bodies are
// copied before the call returns; of a file, the response takes over the descriptor. Each worker reuses one object for
// all its requests. For one thread. Allocates no memory, except for deferred answers.
class Response {
 public:
  explicit Response(const DateLine& date) : date_(&date) {}  // `date` must outlive the response
  explicit Response(const DateLine&&) = delete;
  ~Response() { drop_file(); }
  Response(const Response&) = delete;
  Response& operator=(const Response&) = delete;

  // For the core: prepares for the answer to `request`, which is appended to `output`. `keep_alive`: whether the
  // connection stays open after it.
  // `request` must live until the response has ended or is deferred.
  void start(const Request& request, Output& output, bool keep_alive) {
    request_ = &request;
    output_ = &output;
    coder_ = nullptr;
    last_line_ = nullptr;
    state_ = State::kOpen;
    overflow_ = false;
    always_vary_size_ = 0;
    fields_size_ = 0;
    status_of_overflow_ = 0;
    status_ = 200;
    minor_version_ = request.minor_version;
    head_only_ = request.method == Method::kHead;
    keep_alive_ = keep_alive;
    if (begin_) begin_ = nullptr;  // left by a handler that threw after defer_answer()
    drop_file();
  }
  void start(const Request&&, Output&, bool) = delete;

  void status(int code) { status_ = code; }  // 200 to 599; any other code is sent as 500
  int status() const { return status_; }

  // add() appends a field, set() replaces all fields with its name, remove() removes all fields with its name. CR, LF
  // and NUL in a value become spaces, so that a value cannot split the response. add() and set() return false, and
  // change nothing, if the name is not a token, belongs to the core, or limits::kResponseFieldBytes is exceeded (then
  // the response becomes status_of_overflow()).
  bool add(std::string_view name, std::string_view value);
  bool set(std::string_view name, std::string_view value);
  // The same for a field that is a constant of the program. `line` must be static, because it is read when the answer
  // is written. It is copied only once, into the answer itself, if no other field follows it.
  void add(const FieldLine& line) {
    if (last_line_ != nullptr) keep_last_line();
    overflow_ |= line.line().size() > fields_.size() - fields_size_;
    last_line_ = &line;
  }
  void set(const FieldLine& line) {
    if (fields_size_ == 0 && last_line_ == nullptr) return add(line);
    set(line.name(), line.value());
  }
  void add(const FieldLine&&) = delete;
  void set(const FieldLine&&) = delete;
  void remove(std::string_view name);
  // The value of the first field with this name; empty if there is none. Valid until the fields change.
  std::string_view get(std::string_view name) const;
  // Adds a Set-Cookie field, whose value begins with the cookie's name and '=', and removes the fields that set the
  // same cookie before: an answer should not set a cookie twice (RFC 6265 §4.1.1). Returns false as add() does.
  bool set_cookie(std::string_view value);
  // Says that the answer depends on this field of the request (RFC 9110 §12.5.5): adds its name to Vary, unless Vary
  // has it.
  void vary(std::string_view request_field);
  // The same, but the name stays if Vary is replaced or removed later, or if the fields do not fit. For middleware that
  // runs before the handlers. `request_field` must be a literal; the first kAlwaysVary names stay.
  void always_vary(std::string_view request_field);

  // The status of an answer whose fields exceed limits::kResponseFieldBytes. If the request has a long part, the answer
  // repeats that part, and the client is to blame: 414 for the target, 431 for the fields, 413 for the body
  // (limits::kBlamedRequestBytes). Otherwise the handler is to blame: 500.
  [[gnu::cold]] static int status_of_overflow(const Request& request);

  // Ends the response with this body; a second call does nothing. 204, 205 and 304 are sent without a body. The answer
  // to HEAD has the length of the body, but not its bytes.
  void end(std::string_view body = {});
  void end_file(FileBody file);

  // Leaves the answer to another thread (deferred_answer.h). The core calls `begin` on this thread when handle() has
  // returned. `begin` gives the DeferredAnswer to another thread and must not block. Status and fields set here are
  // ignored.
  void defer_answer(std::function<void(DeferredAnswer)> begin) {
    if (state_ != State::kOpen) return;
    state_ = State::kDeferred;
    begin_ = std::move(begin);
  }

  // Bodies passed to end() are encoded by `coder`, which must live until the response has ended. Files and streams are
  // not encoded.
  void code_body(BodyCoder& coder) { coder_ = &coder; }
  // For answers about a file, which is never encoded: they do not depend on Accept-Encoding, 304 included.
  void do_not_code_body() { coder_ = nullptr; }

  // Appends a piece to a body of unknown length, which the first call begins and end() finishes. The body is chunked;
  // in HTTP/1.0 the end of the connection ends it.
  void write(std::string_view piece);

  std::time_t date() const { return date_->second(); }  // of the Date field

  bool ended() const { return state_ == State::kEnded; }
  // Whether the head has been written: changes of status and fields have no effect any more.
  bool started() const { return state_ == State::kStreaming || state_ == State::kEnded; }

  // For the connection: whether it stays open after this response, and the file whose bytes follow the output.
  bool keep_alive() const { return keep_alive_; }
  const FileBody& file() const { return file_; }  // owned by the response
  FileBody take_file();                           // owned by the caller
  bool deferred() const { return state_ == State::kDeferred; }
  std::function<void(DeferredAnswer)> take_begin() { return std::move(begin_); }
  // For the connection, after start() with a deferred answer: its request is gone, so that status_of_overflow() was
  // called before.
  void set_status_of_overflow(int status) { status_of_overflow_ = static_cast<uint16_t>(status); }

  // For handlers: sends `Connection: close` and answers no further request on this connection.
  void close() { keep_alive_ = false; }

 private:
  enum class State : uint8_t { kOpen, kStreaming, kEnded, kDeferred };
  enum class Framing : uint8_t { kLength, kChunked, kUntilClose };
  static constexpr size_t kAlwaysVary = 4;  // cors uses three

  void keep_last_line();
  void remove_before(std::string_view name, size_t end, std::string_view value_begin = {});
  void keep_vary(std::string_view changed);
  [[gnu::cold]] void restore_vary();
  void drop_file() {
    if (file_.descriptor >= 0) close_file();
  }
  [[gnu::cold]] void close_file();
  [[gnu::cold]] void end_overflowed();
  void write_head(Framing framing, uint64_t length, std::string_view body);
  bool has_no_body() const { return status_ == 204 || status_ == 304; }
  // The end of the head does not end the answer of 205, so its length is sent, and must be 0 (RFC 9110 §15.3.6).
  // 200, the usual status, takes one comparison.
  bool has_no_content() const { return status_ != 200 && (has_no_body() || status_ == 205); }

  const DateLine* date_;
  const Request* request_ = nullptr;
  Output* output_ = nullptr;
  // The members that start() sets stand side by side, in the order in which a few wide stores set them.
  BodyCoder* coder_ = nullptr;
  const FieldLine* last_line_ = nullptr;  // the last field, if it is not in fields_

  State state_ = State::kOpen;
  bool overflow_ = false;
  uint16_t always_vary_size_ = 0;
  uint16_t fields_size_ = 0;
  uint16_t status_of_overflow_ = 0;  // of a deferred answer, whose request is gone; otherwise 0

  int status_ = 200;
  uint8_t minor_version_ = 1;
  bool head_only_ = false;
  bool keep_alive_ = true;
  FileBody file_;
  std::function<void(DeferredAnswer)> begin_;
  std::array<std::string_view, kAlwaysVary> always_vary_;
  std::array<char, limits::kResponseFieldBytes> fields_;  // "Name: value\r\n" lines, as they are sent
};

}  // namespace duel::http

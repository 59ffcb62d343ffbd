#pragma once

#include <fmt/core.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "http/request.h"
#include "http/response.h"
#include "router/gin/input.h"
#include "router/gin/json/json.h"
#include "router/gin/memory/context_memory.h"
#include "router/gin/request_copy.h"

// For handlers and middleware in the Gin style. Applications include router/gin/engine.h, which includes this header.

namespace duel::http {
class StaticDirectory;
}

namespace duel::gin {

// Names of the inner rooms that handlers use.
using binding::BindError;
using binding::BindResult;
using binding::Pair;
using json::field;
using json::fields;
using json::H;
using json::required;
using memory::Arena;

// Bytes that stay valid until the response is sent, so that they are not copied. A string literal converts implicitly.
// For other bytes, the caller must call stable().
class Stable {
 public:
  template <size_t N>
  consteval Stable(const char (&literal)[N]) : bytes_(literal, N - 1) {}  // NOLINT: a literal is meant to convert
  std::string_view bytes() const { return bytes_; }

 private:
  friend Stable stable(std::string_view bytes);
  Stable(std::string_view bytes, int) : bytes_(bytes) {}
  std::string_view bytes_;
};

// Promises that the bytes stay valid until the response is sent. Examples are the body of the request, a file in memory
// or a member of a static object.
inline Stable stable(std::string_view bytes) {
  return {bytes, 0};
}

// Any type of text except an array. An array is a string literal and selects the overload with Stable.
template <class T>
concept PlainText = std::is_convertible_v<const T&, std::string_view> && !std::is_array_v<T>;

// The audience of an error that error() notes. A handler may show a public error to the client.
enum class ErrorKind : uint8_t { kPrivate, kPublic, kBind };
struct Error {
  std::string_view message;
  ErrorKind kind = ErrorKind::kPrivate;
};

// One request and its response; Gin's Context. Input is the half that reads the request. All handlers of a chain get
// the same object. Its memory belongs to the worker: a handler must not keep a reference after it returns; copy() gives
// an object that lives longer. Debug and AddressSanitizer builds poison the context when its request ends, so that a
// late use is found. For one thread.
//
// Status and header can be changed until the first byte of the body is written (written()); later changes are ignored,
// as in Gin. The body is gathered in the context and sent when the chain ends, so that middleware can still replace it.
class Context : public Input {
 public:
  Context(const http::Request& request, http::Response& response, memory::ContextMemory& memory,
          const Proxies& proxies) noexcept
      : Input(request, memory.arena, proxies), response_(&response), buffer_(memory.buffer) {}

  // --- the response
  void status(int code) {
    if (!written_) status_ = code;
  }
  int status() const { return status_; }
  bool written() const { return written_; }
  // Bytes of body written so far. The bytes of file() are not counted.
  size_t size() const { return streamed_ + response_body().size(); }
  // An empty value removes the field, as in Gin.
  void set_header(std::string_view name, std::string_view value);
  void add_header(std::string_view name, std::string_view value);
  std::string_view response_header(std::string_view name) const { return response_->get(name); }
  // Returns false and sets nothing if the cookie is malformed (cookie.h) or the header is written.
  bool set_cookie(const Cookie& cookie);

  // Each function writes status, content type (unless one is set already) and body; several calls append to the body. A
  // literal is sent without a copy, other text is copied.
  void string(int code, Stable text) { respond(code, kPlainText, text); }
  void string(int code, const PlainText auto& text) { respond(code, kPlainText, std::string_view(text)); }
  // With values: c.string(200, "hello {}, {:.2f}", name, number). The format is {fmt}'s and checked at compile time.
  template <class First, class... Rest>
  void string(int code, fmt::format_string<const First&, const Rest&...> format, const First& first,
              const Rest&... rest) {
    respond_formatted(code, format, fmt::make_format_args(first, rest...));
  }
  void data(int code, std::string_view content_type, Stable bytes) { respond(code, content_type, bytes); }
  void data(int code, std::string_view content_type, const PlainText auto& bytes) {
    respond(code, content_type, std::string_view(bytes));
  }
  template <class T>
  void json(int code, const T& value) {
    if (begin_body(code, kJson)) json::write({buffer_}, value);
  }
  // Like Gin's PureJSON: does not escape <, > and &, and ends with a line break.
  template <class T>
  void pure_json(int code, const T& value) {
    if (!begin_body(code, kJson)) return;
    json::write({buffer_, false}, value);
    buffer_.append('\n');
  }
  // With line breaks and four spaces per level.
  template <class T>
  void indented_json(int code, const T& value) {
    if (!begin_body(code, kJson)) return;
    const size_t before = buffer_.size();
    json::write({buffer_}, value);
    const std::string_view compact = arena_.copy(buffer_.view().substr(before));
    buffer_.truncate(before);
    json::write_indented(buffer_, compact);
  }
  // Throws std::invalid_argument unless the code is 3xx or 201. A relative location is joined to the request's path.
  void redirect(int code, std::string_view location);
  // Sends a file of the directory; http::StaticDirectory answers conditional and range requests. If there is no such
  // file, answers 404 with the router's own text. Does nothing if something is written already, because a file is the
  // whole body.
  void file(const http::StaticDirectory& directory, std::string_view path);

  // Writes a body of unknown length: the head and the body gathered so far, then each piece as a chunk. The core keeps
  // the chunks until the handler returns, so the whole body must fit into memory.
  void write(std::string_view piece);
  // Gin's Stream: calls step(*this) until it returns false. The step calls write().
  void stream(const auto& step) {
    while (step(*this)) {
    }
  }
  bool streaming() const { return response_->started(); }

  // The core's response, for functions that Context does not have. If a handler ends it, the context sends nothing.
  http::Response& response() { return *response_; }

  // --- for middleware that has called next()
  // The body gathered so far. Empty for a stream or a file. Valid until the body changes.
  std::string_view response_body() const { return shared_.empty() ? buffer_.view() : shared_; }
  // Sends these bytes instead of the body. They may be in the arena, but must not be part of the old body.
  void replace_body(Stable bytes);
  // Drops the body, the status and the fields that describe them (Content-Type, Content-Encoding, Content-Language,
  // Content-Range, Content-Disposition, ETag, Last-Modified, Cache-Control, Expires, Location), so that an error can
  // take their place. Returns false if it is too late: a stream or a file has begun.
  bool discard_response();

  // --- the chain
  // Runs the rest of the chain now. If a middleware does not call next(), the rest runs after it returns.
  void next() {
    ++index_;
    for (; index_ < static_cast<int>(match_.handler_count); ++index_) match_.handlers[index_](*this);
  }
  // The handlers after this one do not run.
  void abort() { index_ = kAborted; }
  void abort_with_status(int code) {
    status(code);
    write_header_now();
    abort();
  }
  template <class T>
  void abort_with_json(int code, const T& value) {
    abort();
    json(code, value);
  }
  void abort_with_error(int code, std::string_view message) {
    abort_with_status(code);
    error(message);
  }
  bool is_aborted() const { return index_ >= kAborted; }

  // --- binding, answered on failure: returns true if bound. Otherwise answers 400 with a body such as {"error": "age:
  // must be a whole number"}, notes the error, aborts the chain and returns false. The should_ functions of Input only
  // return the error.
  template <class T>
  [[nodiscard]] bool bind(T& to) {
    return accept(should_bind(to));
  }
  template <class T>
  [[nodiscard]] bool bind_json(T& to) {
    return accept(should_bind_json(to));
  }
  template <class T>
  [[nodiscard]] bool bind_query(T& to) {
    return accept(should_bind_query(to));
  }
  template <class T>
  [[nodiscard]] bool bind_form(T& to) {
    return accept(should_bind_form(to));
  }
  template <class T>
  [[nodiscard]] bool bind_uri(T& to) {
    return accept(should_bind_uri(to));
  }
  template <class T>
  [[nodiscard]] bool bind_header(T& to) {
    return accept(should_bind_header(to));
  }

  // --- errors, noted for middleware that logs or answers them. The text is copied. Errors after the first kMaxErrors
  // are dropped.
  static constexpr size_t kMaxErrors = 16;
  void error(std::string_view message, ErrorKind kind = ErrorKind::kPrivate);
  std::span<const Error> errors() const { return errors_.first(error_count_); }

  // A copy of the request for use after the handler returns, on any thread. Allocates.
  std::unique_ptr<RequestCopy> copy() { return std::make_unique<RequestCopy>(*this); }

  // --- for Engine
  void set_path(std::string_view path) { path_ = path; }
  void set_match(const Match& match) { match_ = match; }
  routing::Param* params() { return params_; }
  void decode_params();
  // Runs the chain for 404 or 405. If the handlers write nothing and keep the status, `text` is the body.
  void run_error(int code, Stable text);
  void write_header_now() { written_ = true; }
  void finish();  // sends the response

  static constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
  static constexpr std::string_view kJson = "application/json; charset=utf-8";

 private:
  // Gin's value: half of the largest int8, larger than the index of any handler.
  static constexpr int kAborted = routing::kMaxHandlers;

  // Returns false if this status has no body. The header counts as written in both cases.
  bool begin_body(int code, std::string_view content_type);
  void respond(int code, std::string_view content_type, Stable bytes);
  void respond(int code, std::string_view content_type, std::string_view bytes);
  void respond_formatted(int code, fmt::string_view format, fmt::format_args values);
  bool accept(const binding::BindResult& result);
  // Moves the shared body into the buffer, so that more can be appended.
  void unshare();

  http::Response* response_;
  std::string_view shared_;  // the body so far if it consists of stable bytes only; then the buffer is empty
  int index_ = -1;
  int status_ = 200;
  bool written_ = false;
  bool has_content_type_ = false;
  size_t streamed_ = 0;
  size_t error_count_ = 0;
  std::span<Error> errors_;
  memory::Buffer& buffer_;
};

}  // namespace duel::gin

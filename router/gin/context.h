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

namespace duel::http {
class StaticDirectory;
}

namespace duel::gin {

// What handlers name of the inner rooms.
using json::field;
using json::fields;
using json::H;
using json::required;

// Bytes that outlive the request's handling, so that they are sent from where they are: a string literal (by itself),
// or what stable() vouches for.
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

// For the request's own bytes (its body), a file in memory, a member of a static object.
inline Stable stable(std::string_view bytes) {
  return {bytes, 0};
}

// Text in whatever form except an array, which is a literal and goes the other way (Stable).
template <class T>
concept PlainText = std::is_convertible_v<const T&, std::string_view> && !std::is_array_v<T>;

// Who an error of error() is for: the client may be told a public one.
enum class ErrorKind : uint8_t { kPrivate, kPublic, kBind };
struct Error {
  std::string_view message;
  ErrorKind kind = ErrorKind::kPrivate;
};

// What a handler sees of one request (Input), and how it answers. One object serves the whole chain of middleware; its
// memory belongs to the worker: never keep a reference beyond the handler, copy() instead. A debug or AddressSanitizer
// build poisons a context whose request has ended, so that the use of one that escaped is found.
//
// Status and header can be changed until the first byte of the body is written (written()); what comes later is
// ignored, as in Gin. The body is gathered here and sent when the chain has ended, so that middleware can still replace
// it.
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
  // Bytes of body written so far, by whatever way except file().
  size_t size() const { return streamed_ + response_body().size(); }
  // An empty value removes the field, as in Gin.
  void set_header(std::string_view name, std::string_view value);
  void add_header(std::string_view name, std::string_view value);
  std::string_view response_header(std::string_view name) const { return response_->get(name); }
  // False, and nothing set, if the cookie is malformed (cookie.h) or the header is written.
  bool set_cookie(const Cookie& cookie);

  // Each writes status, content type (unless one is set already) and body; several in a row append. A literal is sent
  // from where it lies, other text is copied.
  void string(int code, Stable text) { respond(code, kPlainText, text); }
  void string(int code, const PlainText auto& text) { respond(code, kPlainText, std::string_view(text)); }
  // With values: c.string(200, "hello {}, {:.2f}", name, number), checked when compiled ({fmt}'s language).
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
  // <, > and & as they are, and a line break at the end, as Gin's PureJSON has it.
  template <class T>
  void pure_json(int code, const T& value) {
    if (!begin_body(code, kJson)) return;
    json::write({buffer_, false}, value);
    buffer_.append('\n');
  }
  // With line breaks, four spaces a level.
  template <class T>
  void indented_json(int code, const T& value) {
    if (!begin_body(code, kJson)) return;
    const size_t before = buffer_.size();
    json::write({buffer_}, value);
    const std::string_view compact = arena_.copy(buffer_.view().substr(before));
    buffer_.truncate(before);
    json::write_indented(buffer_, compact);
  }
  // 3xx or 201, else std::invalid_argument. A relative location is joined to the request's path.
  void redirect(int code, std::string_view location);
  // A file below the directory, with conditional and range requests answered as http::StaticDirectory says. 404 with
  // the router's own text if there is none. Nothing if something is written: a file is the whole answer.
  void file(const http::StaticDirectory& directory, std::string_view path);

  // A body of unknown length: sends head and what is gathered, then each piece as a chunk. The core gathers the chunks
  // until the handler returns: this is a framing, not a way to send more than fits into memory.
  void write(std::string_view piece);
  // Gin's Stream: calls step(*this), which writes, until it returns false.
  void stream(const auto& step) {
    while (step(*this)) {
    }
  }
  bool streaming() const { return response_->started(); }

  // For what is not covered here. A response ended through it is left alone by the context.
  http::Response& response() { return *response_; }

  // --- for middleware that has called next()
  // The body as far as it is gathered; nothing of a stream or a file.
  std::string_view response_body() const { return shared_.empty() ? buffer_.view() : shared_; }
  // Sends these bytes instead. They may lie in the arena, but not in the old body.
  void replace_body(Stable bytes);
  // Forgets body, status and the fields that go with them (type, encoding, language, range, disposition, tag, date, how
  // long it may be kept, Location), for an error in their place. False if it is too late, in a stream or file.
  bool discard_response();

  // --- the chain
  // Runs the rest of the chain inside the calling middleware. Without it the rest runs when the middleware returns.
  void next() {
    ++index_;
    for (; index_ < static_cast<int>(match_.handler_count); ++index_) match_.handlers[index_](*this);
  }
  // The handlers behind this one do not run.
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

  // --- input that has to be right: binds, or answers 400 with {"error": "age: must be a whole number"}, notes the
  // error, aborts the chain and returns false. The should_ functions of Input only say what is wrong.
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

  // --- errors, for middleware to log or answer. The text is copied. Beyond kMaxErrors they are dropped.
  static constexpr size_t kMaxErrors = 16;
  void error(std::string_view message, ErrorKind kind = ErrorKind::kPrivate);
  std::span<const Error> errors() const { return errors_.first(error_count_); }

  // For use beyond the handler. Allocates.
  std::unique_ptr<RequestCopy> copy() { return std::make_unique<RequestCopy>(*this); }

  // --- for Engine
  void set_path(std::string_view path) { path_ = path; }
  void set_match(const Match& match) { match_ = match; }
  routing::Param* params() { return params_; }
  void decode_params();
  // Runs the chain for an error: if the handlers write nothing and leave the status, `text` is the body.
  void run_error(int code, Stable text);
  void write_header_now() { written_ = true; }
  void finish();  // sends the response

  static constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
  static constexpr std::string_view kJson = "application/json; charset=utf-8";

 private:
  // Gin's: half of the largest int8, beyond every chain.
  static constexpr int kAborted = routing::kMaxHandlers;

  // False if this status carries no body; the header counts as written either way.
  bool begin_body(int code, std::string_view content_type);
  void respond(int code, std::string_view content_type, Stable bytes);
  void respond(int code, std::string_view content_type, std::string_view bytes);
  void respond_formatted(int code, fmt::string_view format, fmt::format_args values);
  bool accept(const binding::BindResult& result);
  void unshare();

  http::Response* response_;
  std::string_view shared_;  // the whole body so far, if it is stable bytes
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

#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include "http/field_line.h"
#include "http/grammar/json_text.h"
#include "http/request.h"
#include "http/response.h"
#include "router/gin/accept.h"
#include "router/gin/input.h"
#include "router/gin/json/json.h"
#include "router/gin/json/xml.h"
#include "router/gin/json/yaml.h"
#include "router/gin/memory/context_memory.h"
#include "router/gin/request_copy.h"

// For handlers and middleware in the Gin style. Applications include router/gin/engine.h, which includes this header.

namespace duel::http {
class StaticDirectory;
}

namespace duel::gin {

class Page;

// Names of the inner rooms that handlers use.
using binding::BindError;
using binding::BindResult;
using binding::DocumentValue;
using binding::Pair;
using json::attribute;
using json::default_value;
using json::embedded;
using json::field;
using json::fields;
using json::H;
using json::omit_empty;
using json::quoted;
using json::required;
using json::Time;
using json::time_format;
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
  static constexpr auto json_fields = json::fields(json::field("error", &Error::message));
};

// Whether a folder without index.html is shown as links to its files, or is not there.
enum class Listing : bool { kNone, kShown };

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
  // As in Gin, a code of 0 or less changes nothing.
  void status(int code) {
    if (!written_ && code > 0) status_ = code;
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
  void string(int code, Stable text) {
    if (begin_body(code, kPlainText)) put(text);
  }
  void string(int code, const PlainText auto& text) {
    if (begin_body(code, kPlainText)) buffer_.append(std::string_view(text));
  }
  // With values: c.string(200, "hello {}, {:.2f}", name, number). The format is {fmt}'s and checked at compile time.
  template <class First, class... Rest>
  void string(int code, fmt::format_string<const First&, const Rest&...> format, const First& first,
              const Rest&... rest) {
    respond_formatted(code, format, fmt::make_format_args(first, rest...));
  }
  void data(int code, std::string_view content_type, Stable bytes) {
    if (begin_body(code, content_type)) put(bytes);
  }
  void data(int code, std::string_view content_type, const PlainText auto& bytes) {
    if (begin_body(code, content_type)) buffer_.append(std::string_view(bytes));
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
  // Other bytes than ASCII become escapes.
  template <class T>
  void ascii_json(int code, const T& value) {
    if (!begin_body(code, "application/json")) return;
    const size_t before = buffer_.size();
    json::write({buffer_}, value);
    escape_ascii(take_back(before));
  }
  // With the prefix before a list, so that a page of another site cannot run the list as a script.
  template <class T>
  void secure_json(int code, const T& value, std::string_view prefix = "while(1);") {
    if (!begin_body(code, kJson)) return;
    const size_t before = buffer_.size();
    json::write({buffer_}, value);
    const std::string_view text = buffer_.view().substr(before);
    if (!text.starts_with('[')) return;
    const std::string_view list = take_back(before);
    buffer_.append(prefix);
    buffer_.append(list);
  }
  // A call of the function that the query names as `callback`; without it, JSON. Answers 400 if the text is no name of
  // a function (http::grammar::is_callback()).
  template <class T>
  void jsonp(int code, const T& value) {
    const std::string_view callback = query("callback");
    if (callback.empty()) return json(code, value);
    if (!http::grammar::is_callback(callback)) return string(400, "callback is no name of a function");
    if (!begin_body(code, "application/javascript; charset=utf-8")) return;
    buffer_.append(callback);
    buffer_.append('(');
    json::write({buffer_}, value);
    buffer_.append(std::string_view(");"));
  }
  // As Go's encoding/xml: an element for each field and each element of a list, nothing for null. A struct is named by
  // its member `static constexpr std::string_view xml_name`. A gin::attribute field is an attribute.
  template <class T>
  void xml(int code, const T& value) {
    if (!begin_body(code, "application/xml; charset=utf-8")) return;
    const size_t before = buffer_.size();
    json::write({buffer_, false, json::Names::kOfXml}, value);
    json::write_xml(buffer_, take_back(before), json::xml_name_of<T>(), arena_);
  }
  // As Go's yaml.v3; the names of fields are in lower case.
  template <class T>
  void yaml(int code, const T& value) {
    if (!begin_body(code, "application/x-yaml; charset=utf-8")) return;
    const size_t before = buffer_.size();
    json::write({buffer_, false, json::Names::kLowerCase}, value);
    json::write_yaml(buffer_, take_back(before), arena_);
  }
  // A page of HTML (templates.h), made from the JSON of the value, which must be an object. Names and values are
  // escaped for text and for quoted attributes, not for scripts, styles and URLs.
  template <class T>
  void html(int code, const Page& page, const T& value) {
    if (!begin_body(code, "text/html; charset=utf-8")) return;
    const size_t before = buffer_.size();
    json::write({buffer_, false}, value);
    render(page, take_back(before));
  }
  // The offered type that the client prefers (accept.h); empty if it accepts none.
  std::string_view negotiate_format(std::span<const std::string_view> offers) const {
    return preferred_type(request_->fields, offers);
  }
  // Renders the value as the preferred type of those offered: JSON, XML or YAML (kMimeJson ...). Answers 406 if the
  // client accepts none of them.
  template <class T>
  void negotiate(int code, std::span<const std::string_view> offers, const T& value) {
    const std::string_view format = negotiate_format(offers);
    response_->vary("Accept");
    if (format == kMimeJson) return json(code, value);
    if (format == kMimeXml) return xml(code, value);
    if (format == kMimeYaml) return yaml(code, value);
    abort_with_error(406, "the accepted formats are not offered by the server");
  }
  // A server-sent event: data and, unless it is empty, the name. Text is sent line by line; other values as JSON.
  // Several calls send several events.
  template <class T>
  void sse_event(std::string_view name, const T& value) {
    begin_event(name);
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      end_event(value);
    } else {
      const size_t before = buffer_.size();
      json::write({buffer_}, value);
      end_event(take_back(before));
    }
  }
  // A body that read(std::span<char>) fills, piece by piece, until it returns 0. `length` is its size in bytes, or
  // negative if it is unknown. Further bytes are not read; if there are fewer, throws std::length_error. `more`:
  // further fields.
  template <class Read>
  void data_from_reader(int code, int64_t length, std::string_view content_type, Read read,
                        std::span<const std::pair<std::string_view, std::string_view>> more = {}) {
    for (const auto& [name, value] : more) set_header(name, value);
    if (!begin_body(code, content_type)) return;
    constexpr size_t kPiece = 4096;
    while (length != 0) {
      const size_t wanted = length < 0 ? kPiece : std::min(kPiece, static_cast<size_t>(length));
      const size_t got = read(std::span(buffer_.reserve(wanted), wanted));
      if (got == 0 && length > 0) throw std::length_error("the reader of a body ended before its length");
      if (got == 0) return;
      buffer_.commit(got);
      if (length > 0) length -= static_cast<int64_t>(got);
    }
  }
  // Throws std::invalid_argument unless the code is 3xx or 201. A relative location is joined to the request's path.
  void redirect(int code, std::string_view location);
  // Sends a file of the directory; http::StaticDirectory answers conditional and range requests. If there is no such
  // file, answers 404 as net/http does. Does nothing if something is written already, because a file is the whole body.
  // `listing`: of a folder without index.html. It tells clients every name.
  void file(const http::StaticDirectory& directory, std::string_view path, Listing listing = Listing::kNone);
  // The same for the routes of a folder (Gin's Static): if there is no such file, the 404 has no body.
  void static_file(const http::StaticDirectory& directory, std::string_view path, Listing listing = Listing::kNone);
  // The same, but the browser saves the file under this name instead of showing it.
  void file_attachment(const http::StaticDirectory& directory, std::string_view path, std::string_view name);

  // Writes a body of unknown length: the head and the body gathered so far, then each piece as a chunk. The core keeps
  // the chunks until the handler returns, so the whole body must fit into memory.
  void write(std::string_view piece);
  // Gin's Stream: calls step(*this) until it returns false. The step calls write().
  void stream(auto&& step) {
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
    for (; index_ < static_cast<int>(match_->handler_count); ++index_) match_->handlers[index_](*this);
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

  // --- binding, answered on failure: returns true if bound. Otherwise answers 400 (415 for a type that cannot be
  // bound) with a body such as {"error": "age: must be a whole number"}, notes the error, aborts the chain and returns
  // false. The should_ functions of Input only return the error.
  template <class T>
  [[nodiscard]] bool bind(T& to) {
    return accept(should_bind(to));
  }
  template <class T>
  [[nodiscard]] bool bind_json(T& to) {
    return accept(should_bind_json(to));
  }
  template <class T>
  [[nodiscard]] bool bind_xml(T& to) {
    return accept(should_bind_xml(to));
  }
  template <class T>
  [[nodiscard]] bool bind_yaml(T& to) {
    return accept(should_bind_yaml(to));
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
  void set_match(const Match& match) { match_ = &match; }  // must live as long as the context
  void set_match(const Match&&) = delete;
  routing::Param* params() { return params_; }
  void decode_params();
  // Runs the chain for 404 or 405. If the handlers write nothing and keep the status, `text` is the body.
  void run_error(int code, Stable text);
  void write_header_now() { written_ = true; }
  // Sends the response.
  void finish() {
    if (response_->ended()) return;
    // A 304 has no body that the field could describe (RFC 9110 §15.4.5).
    if (status_ == 304) [[unlikely]]
      response_->remove("Content-Type");
    response_->status(status_);
    response_->end(response_body());
  }

  // Types to offer.
  static constexpr std::string_view kMimeJson = "application/json";
  static constexpr std::string_view kMimeXml = "application/xml";
  static constexpr std::string_view kMimeYaml = "application/x-yaml";

 private:
  static constexpr http::FieldLine kPlainText{"Content-Type", "text/plain; charset=utf-8"};
  static constexpr http::FieldLine kJson{"Content-Type", "application/json; charset=utf-8"};
  // Gin's value: half of the largest int8, larger than the index of any handler.
  static constexpr int kAborted = routing::kMaxHandlers;

  // Returns false if this status has no body. The header counts as written in both cases.
  bool begin_body(int code, const http::FieldLine& content_type) {
    if (lacks_content_type()) response_->add(content_type);
    return begin_body(code);
  }
  bool begin_body(int code, std::string_view content_type) {
    if (lacks_content_type()) response_->add("Content-Type", content_type);
    return begin_body(code);
  }
  bool begin_body(int code) {
    status(code);
    written_ = has_content_type_ = true;
    if (!shared_.empty()) unshare();
    return code != 204 && code != 304;
  }
  bool lacks_content_type() const { return !written_ && !has_content_type_; }
  void put(Stable bytes) {
    if (buffer_.size() == 0) {
      shared_ = bytes.bytes();
    } else {
      buffer_.append(bytes.bytes());
    }
  }
  void respond_formatted(int code, fmt::string_view format, fmt::format_args values);
  bool accept(const binding::BindResult& result);
  bool serve_file(const http::StaticDirectory& directory, std::string_view path, Listing listing);
  // Removes the end of the buffer, from `before` on, and returns a copy of it.
  std::string_view take_back(size_t before);
  void escape_ascii(std::string_view json);
  void render(const Page& page, std::string_view json);
  void begin_event(std::string_view name);
  void end_event(std::string_view data);
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

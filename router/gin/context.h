#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "http/request.h"
#include "http/response.h"
#include "router/gin/buffer.h"
#include "router/gin/compile.h"
#include "router/gin/declare.h"
#include "router/gin/json.h"
#include "router/gin/keys.h"
#include "router/gin/tree.h"
#include "router/gin/walk.h"

namespace duel::http {
class StaticDirectory;
}

namespace duel::gin {

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

// What a handler sees of one request, and how it answers. One object serves the whole chain of middleware; it is taken
// from the worker's pool, reset, and given back: never keep a reference beyond the handler. Views that it returns are
// valid until then.
//
// Status and header can be changed until the first byte of the body is written (written()); what comes later is
// ignored, as in Gin. The body is gathered here and sent when the chain has ended.
class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // --- the request
  const http::Request& request() const { return *request_; }
  std::string_view method() const { return request_->method_name; }
  std::string_view path() const { return path_; }  // decoded
  std::string_view body() const { return request_->body; }
  // The value of the route's wildcard of this name (without ':' or '*'); empty if it has none. A catch-all's begins
  // with '/'.
  std::string_view param(std::string_view name) const;
  size_t param_count() const { return match_.param_count; }
  std::string_view param_name(size_t i) const {
    return {match_.names_text + match_.param_names[i].at, match_.param_names[i].size};
  }
  std::string_view param(size_t i) const { return params_[i].view(); }
  // The first value in the query, decoded.
  std::string_view query(std::string_view name) { return default_query(name, {}); }
  std::string_view default_query(std::string_view name, std::string_view fallback) {
    return find_query(name).value_or(fallback);
  }
  std::optional<std::string_view> find_query(std::string_view name);
  std::string_view header(std::string_view name) const { return request_->header(name); }
  // The pattern of the route; empty for 404 and 405.
  std::string_view full_path() const { return match_.pattern; }

  // --- the response
  void status(int code) {
    if (!written_) status_ = code;
  }
  int status() const { return status_; }
  bool written() const { return written_; }
  void set_header(std::string_view name, std::string_view value);
  void add_header(std::string_view name, std::string_view value);

  // Each writes status, content type (unless one is set already) and body; several in a row append. A literal is sent
  // from where it lies, other text is copied.
  void string(int code, Stable text) { respond(code, kPlainText, text); }
  void string(int code, const PlainText auto& text) { respond(code, kPlainText, std::string_view(text)); }
  void data(int code, std::string_view content_type, Stable bytes) { respond(code, content_type, bytes); }
  void data(int code, std::string_view content_type, const PlainText auto& bytes) {
    respond(code, content_type, std::string_view(bytes));
  }
  template <class T>
  void json(int code, const T& value) {
    if (begin_body(code, kJson)) json::write(buffer_, value);
  }
  // 3xx or 201, else std::invalid_argument. A relative location is joined to the request's path.
  void redirect(int code, std::string_view location);

  // A file below the directory, with conditional and range requests answered as http::StaticDirectory says. 404 with
  // the router's own text if there is none.
  void file(const http::StaticDirectory& directory, std::string_view path);
  // For what is not covered here. A response ended through it is left alone by the context.
  http::Response& response() { return *response_; }

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
  bool is_aborted() const { return index_ >= kAborted; }

  // --- values for the handlers behind this one
  template <class T>
  void set(const Key<T>& key, std::type_identity_t<T> value) {
    keys_.set(key, std::move(value));
  }
  template <class T>
  T* get(const Key<T>& key) {
    return keys_.get(key);
  }

  // --- for Engine
  struct Match {
    const Handler* handlers = nullptr;
    size_t handler_count = 0;
    std::string_view pattern{};
    const PatternPiece* param_names = nullptr;
    const char* names_text = nullptr;
    size_t param_count = 0;
  };
  void start(const http::Request& request, http::Response& response);
  void set_path(std::string_view path) { path_ = path; }
  void set_match(const Match& match) { match_ = match; }
  Param* params() { return params_; }
  Arena& arena() { return arena_; }
  void decode_params();
  // Runs the chain for an error: if the handlers write nothing and leave the status, `text` is the body.
  void run_error(int code, Stable text);
  void write_header_now() { written_ = true; }
  void finish();  // sends the response

  static constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
  static constexpr std::string_view kJson = "application/json; charset=utf-8";

 private:
  // Gin's: half of the largest int8, beyond every chain.
  static constexpr int kAborted = kMaxHandlers;

  // False if this status carries no body; the header counts as written either way.
  bool begin_body(int code, std::string_view content_type);
  void respond(int code, std::string_view content_type, Stable bytes);
  void respond(int code, std::string_view content_type, std::string_view bytes);
  void unshare();

  const http::Request* request_ = nullptr;
  http::Response* response_ = nullptr;
  Match match_;
  std::string_view path_;
  std::string_view shared_;  // the whole body so far, if it is stable bytes
  int index_ = -1;
  int status_ = 200;
  bool written_ = false;
  bool has_content_type_ = false;
  Keys keys_;
  Arena arena_;
  Param params_[kMaxParams];
  Buffer buffer_;
};

}  // namespace duel::gin

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include "http/request.h"
#include "router/gin/binding/bind.h"
#include "router/gin/binding/values.h"
#include "router/gin/cookie.h"
#include "router/gin/declare.h"
#include "router/gin/json/json.h"
#include "router/gin/keys.h"
#include "router/gin/memory/arena.h"
#include "router/gin/multipart.h"
#include "router/gin/proxies.h"
#include "router/gin/routing/compile.h"
#include "router/gin/routing/tree.h"
#include "router/gin/routing/walk.h"

namespace duel::gin {

// For handlers and middleware: Input is the half of Context that reads the request.

// A route, or the chain that answers a request without one. Points into the application's tables, or into an arena.
struct Match {
  const Handler* handlers = nullptr;
  size_t handler_count = 0;
  std::string_view pattern{};
  const routing::PatternPiece* param_names = nullptr;
  const char* names_text = nullptr;
  size_t param_count = 0;
};
inline constexpr Match kNoMatch{};

// Reads one request. Context and RequestCopy derive from it. All views point into the request or into the arena and
// live as long as this object. For one thread at a time.
class Input {
 public:
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  const http::Request& request() const { return *request_; }
  std::string_view method() const { return request_->method_name; }
  std::string_view path() const { return path_; }  // decoded
  std::string_view body() const { return request_->body; }
  std::string_view header(std::string_view name) const { return request_->header(name); }
  // The Content-Type field without its parameters.
  std::string_view content_type() const;

  // Whether the client asks for a WebSocket (RFC 6455 §4.1).
  bool is_websocket() const;

  // --- the route
  // The pattern; empty for 404 and 405.
  std::string_view full_path() const { return match_->pattern; }
  // The name of the last handler of the chain (handler_name.h).
  std::string_view handler_name();
  // The value of the route's wildcard of this name (without ':' or '*'); empty if there is no such wildcard. The value
  // of a catch-all begins with '/'.
  std::string_view param(std::string_view name) const;
  size_t param_count() const { return match_->param_count; }
  std::string_view param_name(size_t i) const {
    return {match_->names_text + match_->param_names[i].at, match_->param_names[i].size};
  }
  std::string_view param(size_t i) const { return params_[i].view(); }

  // --- the query, decoded. find_query() distinguishes an empty value from a missing one. query_array() returns all
  // values of the name. query_map() returns the pairs (key, value) of all `name[key]=value`.
  std::string_view query(std::string_view name) { return default_query(name, {}); }
  std::string_view default_query(std::string_view name, std::string_view fallback) {
    return find_query(name).value_or(fallback);
  }
  std::optional<std::string_view> find_query(std::string_view name) { return query_values().find(name); }
  std::span<const std::string_view> query_array(std::string_view name) { return query_values().all(name); }
  std::span<const binding::Pair> query_map(std::string_view name) { return query_values().map(name); }

  // --- the form in the body: urlencoded in POST, PUT and PATCH, multipart in every method, as in Gin. A malformed
  // multipart body has no values; a malformed urlencoded body has the values that can be decoded. form_error() returns
  // what is wrong, or nothing.
  std::string_view post_form(std::string_view name) { return default_post_form(name, {}); }
  std::string_view default_post_form(std::string_view name, std::string_view fallback) {
    return find_post_form(name).value_or(fallback);
  }
  std::optional<std::string_view> find_post_form(std::string_view name) { return form_values().find(name); }
  std::span<const std::string_view> post_form_array(std::string_view name) { return form_values().all(name); }
  std::span<const binding::Pair> post_form_map(std::string_view name) { return form_values().map(name); }
  // The first file of this field; null if there is none.
  const FormFile* form_file(std::string_view name);
  std::span<const FormFile> form_files();
  // All values of a multipart form; see also form_files().
  std::span<const binding::Pair> multipart_values();
  std::string_view form_error();

  // --- the client
  std::optional<std::string_view> cookie(std::string_view name) { return find_cookie(request_->fields, name, arena_); }
  // The client's address as reported by trusted proxies (Options::proxies, client_ip.h), or else the peer's address.
  std::string_view client_ip();
  // The peer's address; empty if the peer has disconnected. One system call per request, made on the first use.
  std::string_view remote_ip();

  // --- binding to a struct with json_fields (binding/bind.h). The result is empty if bound; otherwise it is the error,
  // a text for a response with status 400.
  template <class T>
  [[nodiscard]] binding::BindResult should_bind_json(T& to) {
    return binding::bind_json(to, body(), arena_);
  }
  template <class T>
  [[nodiscard]] binding::BindResult should_bind_xml(T& to) {
    return binding::bind_xml(to, body(), arena_);
  }
  template <class T>
  [[nodiscard]] binding::BindResult should_bind_yaml(T& to) {
    return binding::bind_yaml(to, body(), arena_);
  }
  template <class T>
  [[nodiscard]] binding::BindResult should_bind_query(T& to) {
    return binding::bind_values(to, query_values(), arena_);
  }
  // Looks for values in the form, then in the query; for a multipart form in the form only, as in Gin, except with GET.
  template <class T>
  [[nodiscard]] binding::BindResult should_bind_form(T& to) {
    if (const auto error = bound_form_error(); !error.empty()) return binding::BindError{error};
    return binding::bind_values(to, bound_form_values(), arena_);
  }
  // The route's parameters.
  template <class T>
  [[nodiscard]] binding::BindResult should_bind_uri(T& to) {
    return binding::bind_values(to, param_values(), arena_);
  }
  template <class T>
  [[nodiscard]] binding::BindResult should_bind_header(T& to) {
    return binding::bind_values(to, HeaderValues{*this}, arena_);
  }
  // Binds JSON, XML or YAML if the method is not GET and this is the type of the body; otherwise binds the form, as in
  // Gin. The form of a GET request is its query. A body of TOML, protobuf or MessagePack is an error.
  template <class T>
  [[nodiscard]] binding::BindResult should_bind(T& to) {
    switch (body_type()) {
      case BodyType::kJson:
        return should_bind_json(to);
      case BodyType::kXml:
        return should_bind_xml(to);
      case BodyType::kYaml:
        return should_bind_yaml(to);
      case BodyType::kUnsupported:
        return binding::BindError{"body: this Content-Type cannot be bound; send JSON, XML, YAML or a form", 415};
      case BodyType::kForm:
        break;
    }
    return should_bind_form(to);
  }

  // --- values that a handler passes to the handlers after it (keys.h)
  template <class T>
  void set(const Key<T>& key, std::type_identity_t<T> value) {
    keys_.set(key, std::move(value));
  }
  // Returns null if the key is not set.
  template <class T>
  T* get(const Key<T>& key) {
    return keys_.get(key);
  }
  // Throws std::logic_error, which names the key, if the key is not set.
  template <class T>
  T& must_get(const Key<T>& key) {
    T* value = keys_.get(key);
    if (value == nullptr) throw_not_set(key.name);
    return *value;
  }

  // Memory for bytes that live as long as the request.
  memory::Arena& arena() { return arena_; }

 protected:
  Input(const http::Request& request, memory::Arena& arena, const Proxies& proxies)
      : request_(&request), arena_(arena), proxies_(proxies), path_(request.path) {}
  // For RequestCopy. `request` holds the same bytes as the request of `from`; all other views are copied to the arena.
  Input(Input& from, const http::Request& request, memory::Arena& arena);
  ~Input() = default;

  const http::Request* request_;
  memory::Arena& arena_;
  const Proxies& proxies_;
  const Match* match_ = &kNoMatch;
  std::string_view path_;
  Keys keys_;
  routing::Param params_[routing::kMaxParams];  // NOLINT: only the first param_count() are set

  bool has_remote_ip_ = false;
  std::string_view remote_ip_;

 private:
  // The header as a source for bind_values().
  struct HeaderValues {
    const Input& input;
    std::optional<std::string_view> find(std::string_view name) const {
      if (!input.request_->has_header(name)) return {};
      return input.header(name);
    }
    std::span<const std::string_view> all(std::string_view name) const;
  };

  binding::Values query_values() { return {request_->query, arena_}; }
  binding::Values form_values();
  // For should_bind_form().
  binding::Values bound_form_values();
  std::string_view bound_form_error();
  binding::Values param_values();
  // Parses a multipart body on the first call.
  const Multipart& multipart();
  bool has_form_method() const;
  bool has_urlencoded_form() const;
  bool has_multipart_form() const;
  // For should_bind(). kUnsupported: Gin binds this type, and this style does not.
  enum class BodyType : uint8_t { kForm, kJson, kXml, kYaml, kUnsupported };
  BodyType body_type() const;
  [[noreturn]] static void throw_not_set(const char* key);

  const Multipart* multipart_ = nullptr;
};

}  // namespace duel::gin

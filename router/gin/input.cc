#include "router/gin/input.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "http/grammar/address.h"
#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "router/gin/client_ip.h"
#include "router/gin/handler_name.h"

namespace duel::gin {

Input::Input(Input& from, const http::Request& request, memory::Arena& arena)
    : request_(&request), arena_(arena), proxies_(from.proxies_), path_(arena.copy(from.path_)) {
  // Without a route, match and handlers may be in the arena of `from`.
  Match& match = arena.make<Match>(1).front();
  match = *from.match_;
  const std::span<Handler> handlers = arena.make<Handler>(match.handler_count);
  std::copy_n(match.handlers, match.handler_count, handlers.begin());
  match.handlers = handlers.data();
  match_ = &match;
  for (size_t i = 0; i < param_count(); ++i) {
    const std::string_view value = arena.copy(from.param(i));
    params_[i] = {value.data(), static_cast<uint32_t>(value.size())};
  }
  keys_.copy_from(from.keys_, arena);
  remote_ip_ = arena.copy(from.remote_ip());
  has_remote_ip_ = true;
}

std::string_view Input::content_type() const {
  const std::string_view field = header("Content-Type");
  return http::grammar::trim(field.substr(0, field.find(';')));
}

bool Input::is_websocket() const {
  constexpr std::string_view kUpgrade = "upgrade";
  const std::string_view connection = header("Connection");
  for (size_t at = 0; at + kUpgrade.size() <= connection.size(); ++at) {
    if (http::grammar::equal_fold_ascii(connection.substr(at, kUpgrade.size()), kUpgrade))
      return http::grammar::equal_fold_ascii(header("Upgrade"), "websocket");
  }
  return false;
}

std::string_view Input::handler_name() {
  if (match_->handler_count == 0) return {};
  return gin::handler_name(match_->handlers[match_->handler_count - 1], arena_);
}

std::string_view Input::param(std::string_view name) const {
  for (size_t i = 0; i < param_count(); ++i) {
    if (param_name(i) == name) return params_[i].view();
  }
  return {};
}

bool Input::has_form_method() const {
  const http::Method method = request_->method;
  return method == http::Method::kPost || method == http::Method::kPut || method == http::Method::kPatch;
}

bool Input::has_urlencoded_form() const {
  return has_form_method() && http::grammar::equal_fold_ascii(content_type(), "application/x-www-form-urlencoded");
}

bool Input::has_multipart_form() const {
  return http::grammar::equal_fold_ascii(content_type(), "multipart/form-data");
}

Input::BodyType Input::body_type() const {
  struct Known {
    std::string_view name;
    BodyType type;
  };
  constexpr Known kTypes[] = {
      {"application/json", BodyType::kJson},
      {"application/xml", BodyType::kXml},
      {"text/xml", BodyType::kXml},
      {"application/x-yaml", BodyType::kYaml},
      {"application/yaml", BodyType::kYaml},  // RFC 9512
      {"application/toml", BodyType::kUnsupported},
      {"application/x-protobuf", BodyType::kUnsupported},
      {"application/x-msgpack", BodyType::kUnsupported},
      {"application/msgpack", BodyType::kUnsupported},
  };
  if (request_->method == http::Method::kGet) return BodyType::kForm;
  const std::string_view name = content_type();
  for (const Known& known : kTypes) {
    if (http::grammar::equal_fold_ascii(name, known.name)) return known.type;
  }
  return BodyType::kForm;
}

const Multipart& Input::multipart() {
  if (multipart_ != nullptr) return *multipart_;
  Multipart& read = arena_.make<Multipart>(1).front();
  if (has_multipart_form()) read = read_multipart(body(), header("Content-Type"), arena_);
  multipart_ = &read;
  return read;
}

binding::Values Input::form_values() {
  if (has_urlencoded_form()) return {body(), arena_};
  return {{}, multipart().values, {}, arena_};
}

binding::Values Input::bound_form_values() {
  if (has_multipart_form()) {
    const bool is_get = request_->method == http::Method::kGet;
    return {is_get ? request_->query : std::string_view(), multipart().values, {}, arena_};
  }
  return {has_urlencoded_form() ? body() : std::string_view(), {}, request_->query, arena_};
}

std::string_view Input::bound_form_error() {
  const std::string_view error = form_error();
  if (!error.empty() || has_multipart_form() || binding::is_urlencoded(request_->query)) return error;
  return "the query holds a malformed escape or a semicolon";
}

binding::Values Input::param_values() {
  const std::span<binding::Pair> pairs = arena_.make<binding::Pair>(param_count());
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {param_name(i), param(i)};
  return {{}, pairs, {}, arena_};
}

std::span<const std::string_view> Input::HeaderValues::all(std::string_view name) const {
  size_t count = 0;
  for (const http::Field field : input.request_->fields) count += http::grammar::equal_fold_ascii(field.name, name);
  const std::span<std::string_view> values = input.arena_.make<std::string_view>(count);
  size_t at = 0;
  for (const http::Field field : input.request_->fields) {
    if (http::grammar::equal_fold_ascii(field.name, name)) values[at++] = field.value;
  }
  return values;
}

const FormFile* Input::form_file(std::string_view name) {
  for (const FormFile& file : multipart().files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

std::span<const FormFile> Input::form_files() {
  return multipart().files;
}

std::span<const binding::Pair> Input::multipart_values() {
  return multipart().values;
}

std::string_view Input::form_error() {
  if (!has_urlencoded_form()) return multipart().error;
  return binding::is_urlencoded(body()) ? std::string_view() : "the form holds a malformed escape or a semicolon";
}

std::string_view Input::client_ip() {
  return find_client_ip(*request_, remote_ip(), proxies_, arena_);
}

std::string_view Input::remote_ip() {
  if (!has_remote_ip_) {
    char* const to = arena_.take(http::grammar::kAddressTextBytes);
    remote_ip_ = request_->remote_address(to, http::grammar::kAddressTextBytes);
    has_remote_ip_ = true;
  }
  return remote_ip_;
}

void Input::throw_not_set(const char* key) {
  throw std::logic_error("the key \"" + std::string(key) + "\" is not set");
}

}  // namespace duel::gin

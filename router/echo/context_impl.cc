#include "router/echo/context_impl.h"

#include <optional>
#include <utility>

#include "http/grammar/percent.h"

namespace duel::echo {
namespace {

// The value of a query parameter as sent; nothing if there is none. Like Go since 1.17, ignores pairs with a semicolon.
std::optional<std::string_view> raw_query_param(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    const bool same = http::grammar::percent_decodes_to(pair.substr(0, equals), name);
    if (same && pair.find(';') == std::string_view::npos) return pair.substr(std::min(equals + 1, pair.size()));
  }
  return std::nullopt;
}

}  // namespace

void Response::write_header(int code) {
  if (committed_) return;
  status = code;
  to_->status(code);
  committed_ = true;
}

void Response::write(std::string_view bytes) {
  write_header(status);
  body_ += bytes;
}

bool ContextImpl::reset(const http::Request& request, http::Response& response) {
  request_.from = &request;
  request_.method = request.method_name;
  request_.body = request.body;
  response_.to_ = &response;
  response_.status = 200;
  response_.committed_ = false;
  response_.body_.clear();
  path_ = {};
  names_ = {};
  values_.clear();
  store_.clear();
  if (!url::parse_target(request.method_name, request.target, request_.url)) return false;
  request_.host = request_.url.host.empty() ? request.host : std::string_view(request_.url.host);
  return true;
}

routing::Found ContextImpl::look_up() {
  routed_ = routed_path(request_);
  values_.assign(echo_.max_params_, {});
  return echo_.tree_of(request_.host).find(request_.method, routed_, values_);
}

bool ContextImpl::has_handler() {
  const routing::Found found = look_up();
  return found.route != nullptr || (found.place != nullptr && found.place->not_found() != nullptr);
}

const HandlerFunc& ContextImpl::find() {
  const routing::Found found = look_up();
  return found.route == nullptr ? without_route(found) : use_route(*found.route);
}

const HandlerFunc& ContextImpl::use_route(const routing::Route& route) {
  path_ = route.pattern;
  names_ = route.names;
  const Echo::Entry& entry = echo_.entries_[route.handler];
  alloc::charge(entry.account);
  return entry.handler;
}

// The path may have routes of other methods, or one for paths without a route.
const HandlerFunc& ContextImpl::without_route(const routing::Found& found) {
  static const HandlerFunc kNotFound = not_found;
  static const HandlerFunc kNotAllowed = method_not_allowed;
  static const HandlerFunc kOptions = answer_options;
  path_ = {};
  names_ = {};
  if (found.place == nullptr) return kNotFound;
  if (const routing::Route* const other = found.place->not_found()) return use_route(*other);
  path_ = found.place->pattern();
  set(std::string(kHeaderAllow), found.place->allow());
  return request_.method == "OPTIONS" ? kOptions : kNotAllowed;
}

void ContextImpl::finish() {
  if (!response_.to_->ended()) response_.to_->end(response_.body_);  // a file ends it
}

std::string_view ContextImpl::param(std::string_view name) const {
  for (size_t i = 0; i < std::min(names_.size(), values_.size()); ++i) {
    if (names_[i] == name) return values_[i];
  }
  return {};
}

std::string_view ContextImpl::query_param(std::string_view name) {
  const std::optional<std::string_view> raw = raw_query_param(request_.url.raw_query, name);
  query_value_.resize(raw ? raw->size() : 0);
  const std::optional<size_t> size =
      raw ? http::grammar::percent_decode(*raw, http::grammar::Plus::kIsSpace, query_value_.data()) : std::nullopt;
  query_value_.resize(size.value_or(0));
  return query_value_;
}

bool ContextImpl::has_query_param(std::string_view name) const {
  return raw_query_param(request_.url.raw_query, name).has_value();
}

const std::any* ContextImpl::get(std::string_view key) const {
  const auto found = store_.find(key);
  return found == store_.end() ? nullptr : &found->second;
}

// As in Echo, a type that the handler has set stays.
void ContextImpl::write_content_type(std::string_view type) {
  http::Response& fields = response_.header();
  if (!response_.committed() && fields.get("Content-Type").empty()) fields.set("Content-Type", type);
}

Error ContextImpl::blob(int code, std::string_view content_type, std::string_view bytes) {
  write_content_type(content_type);
  response_.write_header(code);
  response_.write(bytes);
  return nullptr;
}

Error ContextImpl::string(int code, std::string_view text) {
  return blob(code, "text/plain; charset=UTF-8", text);
}

Error ContextImpl::html(int code, std::string_view text) {
  return blob(code, "text/html; charset=UTF-8", text);
}

Error ContextImpl::json(int code, const Value& value) {
  const bool indented = echo_.options().debug || has_query_param("pretty");
  return json_pretty(code, value, indented ? "  " : "");
}

Error ContextImpl::json_pretty(int code, const Value& value, std::string_view indent) {
  json_.clear();
  echo_.json_serializer(value, indent, json_);
  return json_blob(code, json_);
}

Error ContextImpl::json_blob(int code, std::string_view json) {
  return blob(code, "application/json; charset=UTF-8", json);
}

Error ContextImpl::no_content(int code) {
  response_.write_header(code);
  return nullptr;
}

Error ContextImpl::redirect(int code, std::string_view location) {
  if (code < 300 || code > 308) return echo::error("invalid redirect status code");
  if (!response_.committed()) response_.header().set("Location", location);
  response_.write_header(code);
  return nullptr;
}

Error ContextImpl::file(const http::StaticDirectory& directory, std::string_view path) {
  if (response_.committed()) return nullptr;
  if (!directory.serve(path, *request_.from, response_.header())) return not_found_error();
  response_.write_header(response_.header().status());
  return nullptr;
}

}  // namespace duel::echo

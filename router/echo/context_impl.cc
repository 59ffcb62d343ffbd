#include "router/echo/context_impl.h"

#include <optional>

#include "http/grammar/json_text.h"
#include "http/grammar/percent.h"

namespace duel::echo {
namespace {

// The raw value of a query parameter; nothing if there is none.
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
  values_.assign(echo_.max_params_, {});
  store_.clear();
  if (!url::parse_target(request.method_name, request.target, request_.url)) return false;
  request_.host = request_.url.host.empty() ? request.host : std::string_view(request_.url.host);
  return true;
}

HandlerFunc ContextImpl::find() {
  routed_ = request_.url.raw_path.empty() ? request_.url.path : request_.url.raw_path;
  const routing::Found found = echo_.tree_of(request_.host).find(request_.method, routed_, values_);
  if (found.route == nullptr) return without_route(found);
  match(*found.route);
  const Echo::Entry& entry = echo_.entries_[found.route->handler];
  alloc::charge(entry.account);
  if (entry.middleware.empty()) return entry.handler;
  return [&entry](Context& context) { return apply_middleware(entry.handler, entry.middleware)(context); };
}

void ContextImpl::match(const routing::Route& route) {
  path_ = route.pattern;
  names_ = route.names;
}

// The path may have routes of other methods, or one for paths without a route.
HandlerFunc ContextImpl::without_route(const routing::Found& found) {
  if (found.node == nullptr) return not_found;
  if (const routing::Route* const other = found.node->methods.not_found()) {
    match(*other);
    const Echo::Entry& entry = echo_.entries_[other->handler];
    return [&entry](Context& context) { return apply_middleware(entry.handler, entry.middleware)(context); };
  }
  path_ = found.node->pattern;
  names_ = {};
  const std::string& allow = found.node->methods.allow();
  set("echo_header_allow", allow);
  if (request_.method != "OPTIONS") return method_not_allowed;
  return [&allow](Context& context) {
    context.response().header().add("Allow", allow);
    return context.no_content(204);
  };
}

void ContextImpl::finish() {
  response_.to_->end(response_.body_);
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

Error ContextImpl::blob(int code, std::string_view content_type, std::string_view bytes) {
  if (!response_.committed()) response_.header().set("Content-Type", content_type);
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
  text_.clear();
  value.write_json(text_);
  if (echo_.options().debug || has_query_param("pretty")) {
    std::string indented;
    http::grammar::indent_json(text_, "  ", [&](std::string_view piece) { indented += piece; });
    text_ = std::move(indented);
  }
  text_ += '\n';
  return blob(code, "application/json; charset=UTF-8", text_);
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

}  // namespace duel::echo

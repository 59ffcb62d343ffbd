#include "router/echo/echo.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/grammar/json_text.h"
#include "http/response.h"

namespace duel::echo {
namespace {

constexpr std::array<std::string_view, 11> kMethods = {"CONNECT", "DELETE",   "GET", "HEAD",  "OPTIONS", "PATCH",
                                                       "POST",    "PROPFIND", "PUT", "TRACE", "REPORT"};
constexpr int kInternalServerError = 500;

void write_json(const Value& value, std::string_view indent, std::string& to) {
  if (indent.empty()) {
    value.write_json(to);
  } else {
    std::string compact;
    value.write_json(compact);
    http::grammar::indent_json(compact, indent, [&](std::string_view piece) { to += piece; });
  }
  to += '\n';
}

// The value of Allow that the lookup has left in the context; empty if there is none.
std::string_view allow_of(const Context& context) {
  const auto* const allow = std::any_cast<std::string>(context.get(kHeaderAllow));
  return allow == nullptr ? std::string_view() : *allow;
}

Middleware joined(const Middleware& first, const Middleware& second) {
  Middleware all = first;
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

}  // namespace

void Routes::get(std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add("GET", pattern, std::move(handler), std::move(middleware));
}

void Routes::head(std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add("HEAD", pattern, std::move(handler), std::move(middleware));
}

void Routes::post(std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add("POST", pattern, std::move(handler), std::move(middleware));
}

void Routes::put(std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add("PUT", pattern, std::move(handler), std::move(middleware));
}

void Routes::patch(std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add("PATCH", pattern, std::move(handler), std::move(middleware));
}

void Routes::del(std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add("DELETE", pattern, std::move(handler), std::move(middleware));
}

void Routes::any(std::string_view pattern, const HandlerFunc& handler, const Middleware& middleware) {
  match(kMethods, pattern, handler, middleware);
}

void Routes::match(std::span<const std::string_view> methods, std::string_view pattern, const HandlerFunc& handler,
                   const Middleware& middleware) {
  for (const std::string_view method : methods) add(method, pattern, handler, middleware);
}

void Routes::route_not_found(std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add(routing::kRouteNotFound, pattern, std::move(handler), std::move(middleware));
}

// Middleware of a group runs only with a route. So Echo gives a group with middleware routes for all paths below it.
void Group::use(const Middleware& middleware) {
  middleware_ = joined(middleware_, middleware);
  if (middleware_.empty()) return;
  route_not_found("", not_found);
  route_not_found("/*", not_found);
}

// As in Echo, the routes that the inner group's use() adds are those of the default host.
Group Group::group(std::string_view prefix, const Middleware& middleware) const {
  Group inner = echo_->group(prefix_ + std::string(prefix), joined(middleware_, middleware));
  inner.host_ = host_;
  return inner;
}

void Group::add(std::string_view method, std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  echo_->add_to(host_, method, prefix_ + std::string(pattern), std::move(handler), joined(middleware_, middleware));
}

Echo::Echo(Options options) : options_(options) {
  error_handler = [this](const Error& error, Context& context) { default_error_handler(error, context); };
  json_serializer = write_json;
}

void Echo::add(std::string_view method, std::string_view pattern, HandlerFunc handler, Middleware middleware) {
  add_to({}, method, pattern, std::move(handler), std::move(middleware));
}

void Echo::add_to(std::string_view host, std::string_view method, std::string_view pattern, HandlerFunc handler,
                  Middleware middleware) {
  routing::Tree& tree = tree_of(host);
  tree.add(method, pattern, entries_.size());
  max_params_ = std::max(max_params_, tree.max_params());
  if (!middleware.empty()) {
    handler = [inner = std::move(handler), middleware = std::move(middleware)](Context& context) {
      return call_inside(middleware, inner, context);
    };
  }
  const bool is_for_misses = method == routing::kRouteNotFound;
  entries_.push_back({std::move(handler), is_for_misses ? alloc::kUnmatched : alloc::open_account(pattern)});
}

Group Echo::group(std::string_view prefix, const Middleware& middleware) {
  Group group(*this);
  group.prefix_ = prefix;
  group.use(middleware);
  return group;
}

Group Echo::host(std::string_view name, const Middleware& middleware) {
  trees_.insert_or_assign(std::string(name), routing::Tree());
  Group group(*this);
  group.host_ = name;
  group.use(middleware);
  return group;
}

routing::Tree& Echo::tree_of(std::string_view host) {
  const auto found = trees_.find(host);
  return found == trees_.end() ? tree_ : found->second;
}

const routing::Tree& Echo::tree_of(std::string_view host) const {
  const auto found = trees_.find(host);
  return found == trees_.end() ? tree_ : found->second;
}

void Echo::default_error_handler(const Error& error, Context& context) const {
  if (context.response().committed()) return;
  const auto* found = dynamic_cast<const HttpError*>(error.get());
  if (found != nullptr) {
    if (const auto* inner = dynamic_cast<const HttpError*>(found->cause().get())) found = inner;
  }
  const int code = found == nullptr ? kInternalServerError : found->code();
  if (context.request().method == "HEAD") {
    context.no_content(code);
    return;
  }
  Value message = found == nullptr ? Value(http::reason_phrase(code)) : found->message();
  if (message.text() != nullptr) {
    Value::Map map;
    const bool names_error = options_.debug && (found == nullptr || !found->from_error());
    if (names_error) map.emplace_back("error", error->text());
    map.emplace_back("message", std::move(message));
    message = std::move(map);
  }
  context.json(code, message);
}

Error call_inside(const Middleware& middleware, const HandlerFunc& handler, Context& context) {
  HandlerFunc outer = [&handler](Context& inner) { return handler(inner); };  // not a copy, which could allocate
  for (size_t i = middleware.size(); i > 0; --i) outer = middleware[i - 1](std::move(outer));
  return outer(context);
}

Error not_found(Context& /*context*/) {
  return not_found_error();
}

Error method_not_allowed(Context& context) {
  if (const std::string_view allow = allow_of(context); !allow.empty()) context.response().header().set("Allow", allow);
  return method_not_allowed_error();
}

Error answer_options(Context& context) {
  context.response().header().add("Allow", allow_of(context));
  return context.no_content(204);
}

}  // namespace duel::echo

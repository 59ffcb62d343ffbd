#include "router/gin/no_route.h"

#include <algorithm>
#include <cstdint>

#include "http/grammar/clean_path.h"
#include "router/gin/context.h"
#include "router/gin/redirect.h"

namespace duel::gin {
namespace {

constexpr size_t kNoMethod = ~size_t{0};
constexpr Stable kNotFound = "404 page not found";
constexpr Stable kNotAllowed = "405 method not allowed";

size_t number_of(const http::Request& request, const NoRouteTable& table) {
  if (request.method != http::Method::kOther) return static_cast<size_t>(request.method);
  for (size_t method = http::kMethodCount; method < table.methods; ++method) {
    if (table.method_name(method) == request.method_name) return method;
  }
  return kNoMethod;
}

// Answers one request without a route.
class NoRoute {
 public:
  // `has_body`: whether handlers that may read the body can run.
  NoRoute(Context& context, const NoRouteTable& table, const Options& options, const RequestPath& path, bool has_body)
      : context_(context),
        table_(table),
        options_(options),
        path_(path),
        arena_(context.arena()),
        runs_handlers_(has_body || !options.no_route_reads_body) {}

  // Returns false if handlers would run that must not run now.
  bool answer() {
    // Every search writes the parameters, so that of the OptionsMiddleware, which may read them, is the last.
    const std::string_view allowed = options_.handle_method_not_allowed ? allowed_methods() : std::string_view();
    const int route = context_.request().method == http::Method::kOptions ? find_options_middleware() : routing::kNone;
    if (route == routing::kNone && redirect()) return true;

    const HandlerList& errors = allowed.empty() ? table_.no_route_handlers : table_.no_method_handlers;
    Match& match = arena_.make<Match>(1).front();  // the context points to it
    match = route == routing::kNone ? Match{.handlers = errors.data, .handler_count = errors.size}
                                    : match_options_middleware(route, errors);
    if (match.handler_count > 0 && !runs_handlers_) return false;
    if (!allowed.empty()) context_.set_header("Allow", allowed);
    context_.set_match(match);
    if (path_.raw && options_.unescape_path_values) context_.decode_params();
    context_.run_error(allowed.empty() ? 404 : 405, allowed.empty() ? kNotFound : kNotAllowed);
    return true;
  }

 private:
  bool redirect() {
    const size_t method = number_of(context_.request(), table_);
    if (method == kNoMethod || table_.trees[method].nodes == nullptr) return false;
    if (context_.request().method == http::Method::kConnect || path_.matched == "/") return false;
    const routing::TreeView& tree = table_.trees[method];
    if (options_.redirect_trailing_slash && routing::search_slash_redirect(tree, path_.matched, skipped(tree)) &&
        redirect_to(method, toggle_slash(context_.path(), {}, arena_), forwarded_prefix())) {
      // Otherwise one client could put a prefix into the answers that a cache gives to other clients.
      context_.response().vary("X-Forwarded-Prefix");
      return true;
    }
    if (!options_.redirect_fixed_path) return false;
    const std::string_view path = clean_request_path(context_.path(), arena_);
    char* fixed = arena_.take(path.size() + 1);
    // The argument fix_slash is always true: Gin passes RedirectFixedPath itself, which is on here.
    const auto size = routing::search_case_redirect(tree, path, true, fixed);
    return size && redirect_to(method, {fixed, *size}, {});
  }

  // Redirects only if `path` has a route. The Location is always a clean absolute path, because "//x" would name
  // another host.
  bool redirect_to(size_t method, std::string_view path, std::string_view prefix) {
    const std::string_view asked = from_root(path);
    const std::string_view matched = options_.remove_extra_slash ? clean_request_path(asked, arena_) : asked;
    if (table_.find(method, matched, context_.params()) == routing::kNone) return false;
    const std::string_view sent = prefix.empty() ? asked : from_root(toggle_slash(context_.path(), prefix, arena_));
    const int code = context_.request().method == http::Method::kGet ? 301 : 307;
    send_redirect(context_, code, with_query(sent, context_.request().target, arena_));
    return true;
  }

  std::string_view from_root(std::string_view path) {
    char* to = arena_.take(path.size() + 2);
    size_t size = http::grammar::clean_path(path, http::grammar::CleanPath::kRooted, to);
    if (path.ends_with('/') && to[size - 1] != '/') to[size++] = '/';
    return {to, size};
  }

  std::string_view forwarded_prefix() const { return context_.header("X-Forwarded-Prefix"); }

  routing::Skipped* skipped(const routing::TreeView& tree) {
    char* raw = arena_.take(tree.size * sizeof(routing::Skipped) + alignof(routing::Skipped));
    const size_t off = reinterpret_cast<uintptr_t>(raw) % alignof(routing::Skipped);
    return reinterpret_cast<routing::Skipped*>(off == 0 ? raw : raw + alignof(routing::Skipped) - off);
  }

  // The route of this path that has an OptionsMiddleware; kNone if there is none. Prefers the route of the method that
  // a CORS preflight asks for. Its parameters are in context_.params().
  int find_options_middleware() {
    const std::string_view wanted = context_.header("Access-Control-Request-Method");
    for (size_t method = 0; method < table_.methods; ++method) {
      if (table_.method_name(method) != wanted) continue;
      const int route = table_.find(method, path_.matched, context_.params());
      if (route != routing::kNone) return table_.options_sizes[route] > 0 ? route : routing::kNone;
    }
    for (size_t method = 0; method < table_.methods; ++method) {
      const int route = table_.find(method, path_.matched, context_.params());
      if (route != routing::kNone && table_.options_sizes[route] > 0) return route;
    }
    return routing::kNone;
  }

  // The beginning of the route's chain, up to its OptionsMiddleware. If that gives no answer, the handlers for 405 or
  // 404 follow, without the middleware that they begin with: it has run.
  Match match_options_middleware(int route, const HandlerList& errors) {
    Match match = table_.matches[route];
    const std::span first(match.handlers, table_.options_sizes[route]);
    const std::span second = std::span(errors.data, errors.size).subspan(table_.outer_middleware);
    const std::span<Handler> joined = arena_.make<Handler>(first.size() + second.size());
    std::ranges::copy(second, std::ranges::copy(first, joined.begin()).out);
    match.handlers = joined.data();
    match.handler_count = joined.size();
    match.pattern = {};
    return match;
  }

  // The value of Allow; empty if no method has a route for the path. The method of the request has none.
  std::string_view allowed_methods() {
    size_t max_size = 0;
    for (size_t method = 0; method < table_.methods; ++method) max_size += table_.method_name(method).size() + 2;
    return arena_.write(max_size, [&](char* const begin) {
      char* to = begin;
      for (size_t method = 0; method < table_.methods; ++method) {
        if (table_.find(method, path_.matched, context_.params()) == routing::kNone) continue;
        if (to != begin) to = std::ranges::copy(std::string_view(", "), to).out;
        to = std::ranges::copy(table_.method_name(method), to).out;
      }
      return to;
    });
  }

  Context& context_;
  const NoRouteTable& table_;
  const Options& options_;
  const RequestPath& path_;
  memory::Arena& arena_;
  bool runs_handlers_;
};

}  // namespace

void answer_no_route(Context& context, const NoRouteTable& table, const Options& options, const RequestPath& path) {
  NoRoute(context, table, options, path, true).answer();
}

bool answer_no_route_from_head(Context& context, const NoRouteTable& table, const Options& options,
                               const RequestPath& path) {
  return NoRoute(context, table, options, path, false).answer();
}

}  // namespace duel::gin

#include "router/gin/no_route.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "http/grammar/clean_path.h"
#include "router/gin/context.h"
#include "router/gin/redirect.h"

namespace duel::gin {
namespace {

constexpr size_t kNoMethod = ~size_t{0};

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
  NoRoute(Context& context, const NoRouteTable& table, const Options& options, const RequestPath& path)
      : context_(context), table_(table), options_(options), path_(path), arena_(context.arena()) {}

  void answer() {
    const size_t method = number_of(context_.request(), table_);
    if (method != kNoMethod && table_.trees[method].nodes != nullptr && redirect(method)) return;
    if (options_.handle_method_not_allowed && refuse_method(method)) return;
    run(table_.no_route_handlers);
    context_.run_error(404, "404 page not found");
  }

 private:
  bool redirect(size_t method) {
    if (context_.request().method == http::Method::kConnect || path_.matched == "/") return false;
    const routing::TreeView& tree = table_.trees[method];
    if (options_.redirect_trailing_slash && routing::search_slash_redirect(tree, path_.matched, skipped(tree)) &&
        redirect_to(method, toggle_slash(context_.path(), {}, arena_), forwarded_prefix())) {
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

  bool refuse_method(size_t own) {
    char* const begin = arena_.take(allow_bytes());
    char* to = begin;
    for (size_t method = 0; method < table_.methods; ++method) {
      if (method == own || table_.find(method, path_.matched, context_.params()) == routing::kNone) continue;
      if (to != begin) {
        *to++ = ',';
        *to++ = ' ';
      }
      const std::string_view name = table_.method_name(method);
      std::memcpy(to, name.data(), name.size());
      to += name.size();
    }
    arena_.shrink(to);
    if (to == begin) return false;
    context_.set_header("Allow", {begin, static_cast<size_t>(to - begin)});
    run(table_.no_method_handlers);
    context_.run_error(405, "405 method not allowed");
    return true;
  }

  size_t allow_bytes() const {
    size_t size = 0;
    for (size_t method = 0; method < table_.methods; ++method) size += table_.method_name(method).size() + 2;
    return size;
  }

  void run(const HandlerList& handlers) {
    context_.set_match({.handlers = handlers.data, .handler_count = handlers.size});
  }

  Context& context_;
  const NoRouteTable& table_;
  const Options& options_;
  const RequestPath& path_;
  memory::Arena& arena_;
};

}  // namespace

void answer_no_route(Context& context, const NoRouteTable& table, const Options& options, const RequestPath& path) {
  NoRoute(context, table, options, path).answer();
}

}  // namespace duel::gin

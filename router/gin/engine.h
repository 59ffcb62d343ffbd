#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "alloc/accounts.h"
#include "alloc/phases.h"
#include "http/handler.h"
#include "router/gin/context.h"
#include "router/gin/context_pool.h"
#include "router/gin/no_route.h"
#include "router/gin/request_path.h"
#include "router/gin/router.h"
#include "router/gin/routing/redirect_search.h"
#include "router/gin/routing/router.h"

namespace duel::gin {

// For applications in the Gin style: include this header for everything except the middleware. An engine serves one
// application on one worker:
//
//   http::Server server(options, [] { return std::make_unique<gin::Engine<kApp>>(); });
template <const auto& kApp>
class Engine final : public http::Handler {
 public:
  // Without the pool, the context and its memory are allocated for each request.
  explicit Engine(bool pool = true) : pool_(pool) {
    for (size_t i = 0; i < accounts_.size(); ++i) accounts_[i] = alloc::open_account(kFlat.pattern(i));
  }

  void handle(const http::Request& request, http::Response& response) override {
    alloc::enter(alloc::Phase::kContext);
    ContextPool::Lease lease(pool_, request, response, kOptions.proxies);
    Context& context = lease.context();
    alloc::enter(alloc::Phase::kRoute);
    route(context);
    alloc::enter(alloc::Phase::kWrite);
    context.finish();
    alloc::enter(alloc::Phase::kContext);  // the lease gives the context back
  }

  // A route may read the body. A path without a route is answered now, if no handler of the application may read the
  // body before. Such requests are rare: they need no pool, and handle(), its only user, is inlined whole.
  bool answer_head(const http::Request& request, http::Response& response) override {
    memory::ContextMemory memory;
    Context context(request, response, memory, kOptions.proxies);
    RequestPath path;
    const int found = look_up(context, path);
    if (path.valid) {
      if (found != routing::kNone || !answer_no_route_from_head(context, no_route_table(), kOptions, path))
        return false;
    } else {
      refuse_target(context);
    }
    context.finish();
    return true;
  }

 private:
  static constexpr const auto& kFlat = routing::Compiled<kApp>::kFlat;
  static constexpr const Options& kOptions = kApp.options;
  // Whether no pattern has an escape.
  static constexpr bool kPlainPatterns =
      std::string_view(kFlat.text.data(), kFlat.text.size()).find('%') == std::string_view::npos;

  // Indexed by route.
  static constexpr auto kMatches = [] {
    std::array<Match, kFlat.routes.size()> matches;
    for (size_t i = 0; i < matches.size(); ++i) {
      const routing::FlatRoute& route = kFlat.routes[i];
      matches[i] = {.handlers = kFlat.handlers.data() + route.chain.at,
                    .handler_count = route.chain.size,
                    .pattern = kFlat.pattern(i),
                    .param_names = kFlat.param_names.data() + route.first_param,
                    .names_text = kFlat.text.data(),
                    .param_count = route.params};
    }
    return matches;
  }();

  static int find(Context& context, std::string_view path) {
    const http::Request& request = context.request();
    return routing::Router<kApp>::find(request.method, request.method_name, path, context.params());
  }

  // Whether a path has nothing to decode. `found` is its route, or kNone. A route without parameters is found by the
  // bytes of its pattern alone, so such a path needs no search for an escape.
  static bool is_plain(std::string_view path, int found) {
    if (kPlainPatterns && found != routing::kNone && kMatches[static_cast<size_t>(found)].param_count == 0) return true;
    return path.starts_with('/') && std::memchr(path.data(), '%', path.size()) == nullptr;
  }

  // Sets `path`. Returns the route; kNone if there is none or the path is not valid.
  static int look_up(Context& context, RequestPath& path) {
    if constexpr (!kOptions.use_raw_path && !kOptions.remove_extra_slash) {
      path.matched = context.request().path;
      const int found = find(context, path.matched);
      if (is_plain(path.matched, found)) return found;
    }
    path = decode_path(context, kOptions);
    return path.valid ? find(context, path.matched) : routing::kNone;
  }

  void route(Context& context) {
    RequestPath path;
    const int found = look_up(context, path);
    if (!path.valid) [[unlikely]]
      return refuse_target(context);
    if (found == routing::kNone) [[unlikely]]
      return answer_no_route(context, no_route_table(), kOptions, path);
    alloc::charge(accounts_[static_cast<size_t>(found)]);
    context.set_match(kMatches[static_cast<size_t>(found)]);
    if constexpr (kOptions.use_raw_path && kOptions.unescape_path_values) {
      if (path.raw) context.decode_params();
    }
    alloc::enter(alloc::Phase::kHandler);
    context.next();
  }

  static const NoRouteTable& no_route_table() {
    static constexpr auto kTrees = all_trees(std::make_index_sequence<kFlat.kMethods>());
    static constexpr NoRouteTable kTable{
        .find = &find,
        .trees = kTrees.data(),
        .methods = kTrees.size(),
        .method_name = [](size_t method) { return kFlat.method_name(method); },
        .no_route_handlers = {kFlat.handlers.data() + kFlat.no_route.at, kFlat.no_route.size},
        .no_method_handlers = {kFlat.handlers.data() + kFlat.no_method.at, kFlat.no_method.size},
        .outer_middleware = kFlat.outer_middleware,
        .matches = kMatches.data(),
        .options_sizes = kFlat.options_sizes.data(),
    };
    return kTable;
  }

  static int find(size_t method, std::string_view path, routing::Param* params) {
    if (method < http::kMethodCount)
      return routing::Router<kApp>::find(static_cast<http::Method>(method), {}, path, params);
    return routing::Router<kApp>::find(http::Method::kOther, kFlat.method_name(method), path, params);
  }

  template <size_t kMethod>
  static constexpr routing::TreeView tree() {
    if constexpr (kFlat.routes_of(kMethod) == 0) {
      return {};
    } else {
      constexpr const auto& kNodes =
          routing::internal::MethodTree<routing::Compiled<kApp>::kFlat, kMethod>::template kTree<true>.nodes;
      return {kNodes.data(), kNodes.size(), kFlat.routes.data(), kFlat.text.data()};
    }
  }

  template <size_t... kMethods>
  static constexpr auto all_trees(std::index_sequence<kMethods...>) {
    return std::array<routing::TreeView, sizeof...(kMethods)>{tree<kMethods>()...};
  }

  ContextPool pool_;
  std::array<alloc::AccountId, kFlat.routes.size()> accounts_;  // of each route
};

}  // namespace duel::gin

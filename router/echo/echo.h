// For applications in the style of Echo: include this header, and engine.h in the program.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/accounts.h"
#include "router/echo/context.h"
#include "router/echo/routing/tree.h"

namespace duel::echo {

class Echo;
using Middleware = std::vector<MiddlewareFunc>;  // the first one is outermost

// The part that Echo and Group have in common: ways to add a route. `:name` in a pattern is a parameter, `*` is the
// rest of the path. As in Echo, every pattern is accepted, and the last route of a method and a pattern wins.
class Routes {
 public:
  virtual ~Routes() = default;
  // The middleware wraps the handler again for each request, as in Echo.
  virtual void add(std::string_view method, std::string_view pattern, HandlerFunc handler,
                   Middleware middleware = {}) = 0;

  void get(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void head(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void post(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void put(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void patch(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void del(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  // The eleven methods that Echo knows.
  void any(std::string_view pattern, const HandlerFunc& handler, const Middleware& middleware = {});
  void match(std::span<const std::string_view> methods, std::string_view pattern, const HandlerFunc& handler,
             const Middleware& middleware = {});
  // For paths of this pattern that have no route of the request's method: instead of 404 and 405.
  void route_not_found(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
};

// Routes with a common prefix and common middleware (Echo's Group). The Echo must outlive it.
class Group final : public Routes {
 public:
  // For routes that are added later. Also adds two routes for the paths below the prefix that have none, so that the
  // middleware runs for them too.
  void use(const Middleware& middleware);
  // An inner group has a copy of the middleware that this group has now.
  Group group(std::string_view prefix, const Middleware& middleware = {}) const;
  void add(std::string_view method, std::string_view pattern, HandlerFunc handler, Middleware middleware = {}) override;

 private:
  friend class Echo;
  explicit Group(Echo& echo) : echo_(&echo) {}

  Echo* echo_;
  std::string prefix_;
  std::string host_;
  Middleware middleware_;
};

struct Options {
  bool debug = false;  // JSON is indented, and answers name the error
  // If false, a client that waits for 100 Continue gets 404 or 405 at once, and the error handler sees an empty body.
  bool error_handler_reads_body = false;
};

// An application (Echo's type Echo). One thread adds routes and middleware before the first Engine is made. Then it
// must not change, and the workers share it.
class Echo final : public Routes {
 public:
  using ErrorHandler = std::function<void(const Error&, Context&)>;
  using JsonSerializer = std::function<void(const Value&, std::string_view indent, std::string& to)>;

  explicit Echo(Options options = {});
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  // Middleware of every request: before the lookup of the route, and after it.
  void pre(MiddlewareFunc middleware) { pre_.push_back(std::move(middleware)); }
  void use(MiddlewareFunc middleware) { use_.push_back(std::move(middleware)); }
  void add(std::string_view method, std::string_view pattern, HandlerFunc handler, Middleware middleware = {}) override;
  Group group(std::string_view prefix, const Middleware& middleware = {});
  // A group with a tree of its own, for requests with this value of Host. A second call removes the routes of the
  // first.
  Group host(std::string_view name, const Middleware& middleware = {});

  // Answers with the error that a handler or the middleware returned. Default: default_error_handler().
  ErrorHandler error_handler;
  // Sends the message of an HttpError as JSON; 500 for any other error. Does nothing if the answer is committed.
  void default_error_handler(const Error& error, Context& context) const;
  // Appends the JSON text of a value to `to`. Default: as Go's json.Encoder, which ends the text with a newline.
  JsonSerializer json_serializer;

  const Options& options() const { return options_; }
  const Middleware& pre_middleware() const { return pre_; }
  const Middleware& middleware() const { return use_; }
  const routing::Tree& router() const { return tree_; }  // of requests whose host has no tree of its own

 private:
  friend class ContextImpl;
  friend class Group;

  struct Entry {
    HandlerFunc handler;  // with the route's middleware around it
    alloc::AccountId account;
  };

  void add_to(std::string_view host, std::string_view method, std::string_view pattern, HandlerFunc handler,
              Middleware middleware);
  routing::Tree& tree_of(std::string_view host);
  const routing::Tree& tree_of(std::string_view host) const;

  Options options_;
  Middleware pre_;
  Middleware use_;
  routing::Tree tree_;
  std::map<std::string, routing::Tree, std::less<>> trees_;  // by host
  std::deque<Entry> entries_;                                // by Route::handler
  size_t max_params_ = 0;                                    // of all trees
};

// Calls the handler inside the middleware. As in Echo, the middleware makes its handlers anew for each call.
Error call_inside(const Middleware& middleware, const HandlerFunc& handler, Context& context);

// The key of Context::get() for the value of Allow, a std::string, if the path has only routes of other methods (Echo's
// ContextKeyHeaderAllow).
inline constexpr std::string_view kHeaderAllow = "echo_header_allow";

// The handlers of requests without a route of their method (Echo's NotFoundHandler and MethodNotAllowedHandler).
Error not_found(Context& context);
Error method_not_allowed(Context& context);
// Answers OPTIONS for a path that has only routes of other methods: 204 with Allow.
Error answer_options(Context& context);

}  // namespace duel::echo

// For applications in the style of Echo: include this header.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/accounts.h"
#include "router/echo/context.h"
#include "router/echo/routing/node.h"

namespace duel::echo {

class Echo;
using Middleware = std::vector<MiddlewareFunc>;

// The part that Echo and Group have in common: ways to add a route.
class Routes {
 public:
  virtual ~Routes() = default;
  // The last route of a method and a pattern wins. Middleware wraps the handler at each request, the first one
  // outermost.
  virtual void add(std::string_view method, std::string_view pattern, HandlerFunc handler,
                   Middleware middleware = {}) = 0;

  void get(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void post(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void put(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  void del(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
  // Every method that Echo knows.
  void any(std::string_view pattern, const HandlerFunc& handler, const Middleware& middleware = {});
  void match(std::span<const std::string_view> methods, std::string_view pattern, const HandlerFunc& handler,
             const Middleware& middleware = {});
  // For paths below this pattern that have no other route.
  void route_not_found(std::string_view pattern, HandlerFunc handler, Middleware middleware = {});
};

// Routes with a common prefix and common middleware (Echo's Group).
class Group final : public Routes {
 public:
  void use(const Middleware& middleware);
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
  bool debug = false;  // JSON is indented, and error messages name the error
};

// An application (Echo's type Echo). Routes are added before the first request; then all workers read the same object.
class Echo final : public Routes {
 public:
  using ErrorHandler = std::function<void(const Error&, Context&)>;

  explicit Echo(Options options = {});
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;

  // Middleware of every request: before the lookup of the route, and after it.
  void pre(MiddlewareFunc middleware) { pre_.push_back(std::move(middleware)); }
  void use(MiddlewareFunc middleware) { use_.push_back(std::move(middleware)); }
  void add(std::string_view method, std::string_view pattern, HandlerFunc handler, Middleware middleware = {}) override;
  Group group(std::string_view prefix, const Middleware& middleware = {});
  // A group with routes of its own for this value of Host. A second call drops the routes of the first.
  Group host(std::string_view name, const Middleware& middleware = {});

  // Answers with the error of a handler. The default is default_error_handler().
  ErrorHandler error_handler;
  // Sends the message of an HttpError as JSON; 500 for any other error.
  void default_error_handler(const Error& error, Context& context) const;

  const Options& options() const { return options_; }
  const Middleware& pre_middleware() const { return pre_; }
  const Middleware& middleware() const { return use_; }

 private:
  friend class ContextImpl;
  friend class Group;

  struct Entry {
    HandlerFunc handler;
    Middleware middleware;
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
  std::deque<Entry> entries_;
  size_t max_params_ = 0;
};

// The handler inside the middleware, the first one outermost.
HandlerFunc apply_middleware(HandlerFunc handler, const Middleware& middleware);

Error not_found(Context& context);
Error method_not_allowed(Context& context);

}  // namespace duel::echo

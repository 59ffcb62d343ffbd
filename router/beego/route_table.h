// For applications in the Beego style: registration of routes, filters and controllers.
#pragma once

#include <concepts>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "router/beego/controller_class.h"
#include "router/beego/filter.h"
#include "router/beego/route.h"
#include "router/beego/routing/tree.h"

namespace duel::beego {

using routing::RouteError;

class Namespace;

template <typename C>
concept Reflected = requires {
  { C::reflect() } -> std::convertible_to<ControllerClass>;
};

// Routes, filters and controller classes, registered at run time by strings (Beego's ControllerRegister). The base of
// App and Namespace. A wrong registration throws RouteError and leaves the table unchanged.
//
// One thread registers. Afterwards any number of threads may call the const members.
class RouteTable {
 public:
  explicit RouteTable(bool case_sensitive) : case_sensitive_(case_sensitive) {}
  RouteTable(const RouteTable&) = delete;
  RouteTable& operator=(const RouteTable&) = delete;

  // Routes requests to a controller. Each request has its own controller object. `mapping` names the method that
  // answers an HTTP method, such as "get,post:Both;*:Any". Without a mapping get(), post() and so on answer.
  void router(std::string_view pattern, const ControllerClass& controller, std::string_view mapping = {});
  template <Reflected C>
  void router(std::string_view pattern, std::string_view mapping = {}) {
    router(pattern, C::reflect(), mapping);
  }

  // Routes requests to a function. `method` may be in any letter case; "*" is every method.
  void add_method(std::string_view method, std::string_view pattern, HandlerFunction function);
  void get(std::string_view pattern, HandlerFunction f) { add_method("GET", pattern, std::move(f)); }
  void post(std::string_view pattern, HandlerFunction f) { add_method("POST", pattern, std::move(f)); }
  void put(std::string_view pattern, HandlerFunction f) { add_method("PUT", pattern, std::move(f)); }
  void del(std::string_view pattern, HandlerFunction f) { add_method("DELETE", pattern, std::move(f)); }
  void patch(std::string_view pattern, HandlerFunction f) { add_method("PATCH", pattern, std::move(f)); }
  void head(std::string_view pattern, HandlerFunction f) { add_method("HEAD", pattern, std::move(f)); }
  void options(std::string_view pattern, HandlerFunction f) { add_method("OPTIONS", pattern, std::move(f)); }
  void any(std::string_view pattern, HandlerFunction f) { add_method("*", pattern, std::move(f)); }

  // Routes /prefix/class/method and every path below it to each method in own_methods(). The class's name loses its
  // suffix "Controller". Names are in lower case; a case-sensitive table also has them as spelled.
  void auto_router(const ControllerClass& controller) { auto_prefix("/", controller); }
  void auto_prefix(std::string_view prefix, const ControllerClass& controller);
  template <Reflected C>
  void auto_router() {
    auto_router(C::reflect());
  }

  // Routes requests of every method to a plain handler. If `all_below` is true, the pattern also matches every path
  // below it. The handler sees no parameters, and the path as the client sent it. All threads share the handler.
  void handler(std::string_view pattern, std::shared_ptr<http::Handler> handler, bool all_below = false);

  // Moves the namespace's routes, filters and classes into this table, below the namespace's prefix. The namespace must
  // not be used again.
  void add_namespace(Namespace& inner);

  // Runs `function` at `position` for each request whose path matches `pattern`. Filters of one position run in the
  // order of registration.
  void insert_filter(std::string_view pattern, FilterPosition position, HandlerFunction function,
                     FilterOptions options = {});

  // The route for this method and decoded path, or null. May set `params` even if there is no route. They are views of
  // `path` and of this table.
  const Route* find(std::string_view method, std::string_view path, values::Params& params) const;

  // A path to the controller method `endpoint`, "Controller.Method" (Beego's URLFor). A package before the controller's
  // name is ignored. Values of wildcards are percent-encoded into the path; other values become the query. Empty if
  // there is no such route, or a value is missing or does not fit. Of several routes, the first HTTP method in kMethods
  // wins, then fixed segments before wildcards.
  std::string url_for(std::string_view endpoint, values::UrlValues values = {}) const;

  // Gives each route the account of its pattern. Call it after registration, from any thread; only the first call acts.
  void open_accounts() const;

  const std::vector<Filter>& filters(FilterPosition position) const { return filters_[static_cast<size_t>(position)]; }
  bool case_sensitive() const { return case_sensitive_; }

 protected:
  // Inserts a filter before all other filters of its position.
  void prepend_filter(std::string_view pattern, FilterPosition position, HandlerFunction function);

 private:
  // Returns the class of this name, which may have been registered before. Throws RouteError if that is another class.
  std::shared_ptr<const ControllerClass> add_class(const ControllerClass& controller);
  void add_route(std::string_view method, std::string_view pattern, const std::shared_ptr<Route>& route);

  bool case_sensitive_;
  std::array<std::shared_ptr<routing::Tree>, kMethods.size()> trees_;  // null without a route of the method
  values::TextMap<std::shared_ptr<const ControllerClass>> classes_;
  FilterTable filters_;
  mutable std::once_flag accounts_opened_;
};

}  // namespace duel::beego

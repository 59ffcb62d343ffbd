#pragma once

#include <concepts>
#include <memory>
#include <mutex>
#include <shared_mutex>
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

// Routes, filters and controller classes, registered at run time by strings: what an application and a namespace have
// in common (Beego's ControllerRegister). Every mistake is a RouteError, and the table is then as it was.
//
// Registration is for one thread. find() may run on many at once.
class RouteTable {
 public:
  explicit RouteTable(bool case_sensitive) : case_sensitive_(case_sensitive) {}
  RouteTable(const RouteTable&) = delete;
  RouteTable& operator=(const RouteTable&) = delete;

  // A controller, made for each request. `mapping` says which of its methods answers which HTTP method:
  // "get,post:Both;*:Any"; without one its get(), post() and so on do, for all methods.
  void router(std::string_view pattern, const ControllerClass& controller, std::string_view mapping = {});
  template <Reflected C>
  void router(std::string_view pattern, std::string_view mapping = {}) {
    router(pattern, C::reflect(), mapping);
  }

  // A function. `method` in any letter case, "*" for all.
  void add_method(std::string_view method, std::string_view pattern, HandlerFunction function);
  void get(std::string_view pattern, HandlerFunction f) { add_method("GET", pattern, std::move(f)); }
  void post(std::string_view pattern, HandlerFunction f) { add_method("POST", pattern, std::move(f)); }
  void put(std::string_view pattern, HandlerFunction f) { add_method("PUT", pattern, std::move(f)); }
  void del(std::string_view pattern, HandlerFunction f) { add_method("DELETE", pattern, std::move(f)); }
  void patch(std::string_view pattern, HandlerFunction f) { add_method("PATCH", pattern, std::move(f)); }
  void head(std::string_view pattern, HandlerFunction f) { add_method("HEAD", pattern, std::move(f)); }
  void options(std::string_view pattern, HandlerFunction f) { add_method("OPTIONS", pattern, std::move(f)); }
  void any(std::string_view pattern, HandlerFunction f) { add_method("*", pattern, std::move(f)); }

  // /prefix/class/method and everything below for each own method of the class, its name without "Controller"; in a
  // case-sensitive table in lower case and as spelled.
  void auto_router(const ControllerClass& controller) { auto_prefix("/", controller); }
  void auto_prefix(std::string_view prefix, const ControllerClass& controller);
  template <Reflected C>
  void auto_router() {
    auto_router(C::reflect());
  }

  // A plain handler for all methods; `all_below`: also for every path below the pattern. It sees no parameters, and its
  // request has the path as sent. One handler serves all threads.
  void handler(std::string_view pattern, std::shared_ptr<http::Handler> handler, bool all_below = false);

  // Takes over everything that the namespace has, below its prefix. The namespace must not be used again.
  void add_namespace(Namespace& inner);

  // Filters of one position run in the order of registration. They take part only in requests that match their pattern.
  void insert_filter(std::string_view pattern, FilterPosition position, HandlerFunction function,
                     FilterOptions options = {});

  // The route for this method and decoded path, or null. Sets `params`, found or not.
  const Route* find(std::string_view method, std::string_view path, values::Params& params) const;

  // A path to the controller method "Controller.Method" (Beego's URLFor; packages before the controller's name do not
  // count), with the values percent-encoded in their places and the rest of them as a query; empty if there is none. Of
  // several routes the one in the tree of the first HTTP method in kMethods, fixed segments first.
  std::string url_for(std::string_view endpoint, values::UrlValues values = {}) const;

  // Gives each route the account of its pattern. Registration must have ended; any thread, the first one does it.
  void open_accounts() const;

  // A class by its registered name, or null.
  const ControllerClass* controller_class(std::string_view name) const;

  const std::vector<Filter>& filters(FilterPosition position) const { return filters_[static_cast<size_t>(position)]; }
  bool case_sensitive() const { return case_sensitive_; }

 protected:
  // Puts a filter before all others of its position.
  void prepend_filter(std::string_view pattern, FilterPosition position, HandlerFunction function);

 private:
  void add_class(const ControllerClass& controller);
  void add_route(std::string_view method, std::string_view pattern, const std::shared_ptr<Route>& route);

  bool case_sensitive_;
  values::TextMap<std::shared_ptr<routing::Tree>> trees_;  // by HTTP method
  values::TextMap<std::shared_ptr<const ControllerClass>> classes_;
  FilterTable filters_;
  // The article's mechanism: each lookup takes it shared. Registration ends before the first lookup and needs none.
  mutable std::shared_mutex mutex_;
  mutable std::once_flag accounts_opened_;
};

}  // namespace duel::beego

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/errors.h"
#include "router/beego/filter.h"
#include "router/beego/namespace.h"
#include "router/beego/route_table.h"

namespace duel::beego {

// Told of an exception that is neither StopRun nor an Abort with a page: the request's path and what() of the
// exception. Called on the worker's thread.
using PanicLog = std::function<void(std::string_view path, std::string_view what)>;

struct AppOptions {
  bool router_case_sensitive = true;
  PanicLog panic_log = nullptr;  // empty: nobody is told
};

// An application in the Beego style: everything is registered first, by one thread; from the first Engine on it is
// const and shared by all workers.
//
//   beego::App app;
//   app.router<MainController>("/ping", "get:Ping");
//   app.get("/user/:id", [](beego::Context& ctx) { ctx.output.body(ctx.input.param(":id")); });
class App : public RouteTable {
 public:
  explicit App(AppOptions options = {}) : RouteTable(options.router_case_sensitive), options_(std::move(options)) {}

  // Chains wrap the whole handling of a request, the one inserted first outermost. One whose pattern does not match is
  // left out.
  void insert_filter_chain(std::string_view pattern, FilterChain chain);

  Namespace make_namespace(std::string_view prefix) const { return Namespace(prefix, case_sensitive()); }

  // Replaces the page for a code, e.g. "404"; an Abort with this reason shows it. The status is set, the body is not.
  void error_handler(std::string_view code, HandlerFunction page) { error_pages_.set(code, std::move(page)); }

  // Lets controllers and filters have sessions; without it there are none (Beego's SessionOn).
  void use_sessions(std::shared_ptr<const session::Manager> manager) { sessions_ = std::move(manager); }
  const session::Manager* sessions() const { return sessions_.get(); }

  struct Chain {
    std::string pattern;
    FilterChain chain;
  };
  const std::vector<Chain>& chains() const { return chains_; }
  const ErrorPages& error_pages() const { return error_pages_; }
  const AppOptions& options() const { return options_; }

 private:
  AppOptions options_;
  ErrorPages error_pages_;
  std::vector<Chain> chains_;
  std::shared_ptr<const session::Manager> sessions_;
};

}  // namespace duel::beego

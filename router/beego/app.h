#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/error_pages.h"
#include "router/beego/filter.h"
#include "router/beego/namespace.h"
#include "router/beego/route_table.h"
#include "router/beego/views/views.h"

namespace duel::beego {

using views::ViewError;

// Told of an exception that is neither StopRun nor an Abort with a page: the request's path and what() of the
// exception. Called on the worker's thread.
using PanicLog = std::function<void(std::string_view path, std::string_view what)>;

// One line to standard error; control letters, which a client can put into a path, become '?'.
void log_panic(std::string_view path, std::string_view what);

// The names are those of Beego's configuration, and so are the defaults.
struct AppOptions {
  bool router_case_sensitive = true;
  std::string run_mode = "prod";  // any other mode sends JSON and XML with a line for each member
  PanicLog panic_log = log_panic;
  bool auto_render = true;                     // a controller that neither wrote nor chose a status shows its template
  std::string views_path = "views";            // of controllers that name none; see App::add_view_path()
  size_t max_memory_bytes = 64 * 1024 * 1024;  // a larger body is answered with 413; the core's own bound comes first
  size_t max_upload_bytes = 1024 * 1024 * 1024;  // the same for multipart forms
  bool enable_xsrf = false;
  std::string xsrf_key = {};  // signs the token's cookie; empty: a random one, so that tokens end with the process
  int64_t xsrf_expire_s = 0;  // 0: with the browser
  std::string flash_name = "BEEGO_FLASH";
  std::string flash_separator = "BEEGOFLASH";
};

// An application in the Beego style: everything is registered first, by one thread; from the first Engine on it is
// const and shared by all workers.
//
//   beego::App app;
//   app.router<MainController>("/ping", "get:Ping");
//   app.get("/user/:id", [](beego::Context& ctx) { ctx.output.body(ctx.input.param(":id")); });
class App : public RouteTable {
 public:
  explicit App(AppOptions options = {});

  // Chains wrap the whole handling of a request, the one inserted first outermost. One whose pattern does not match is
  // left out.
  void insert_filter_chain(std::string_view pattern, FilterChain chain);

  Namespace make_namespace(std::string_view prefix) const { return {prefix, case_sensitive()}; }

  // Replaces the page for a code, e.g. "404"; an Abort with this reason shows it. The status is set, the body is not.
  void error_handler(std::string_view code, HandlerFunction page) { error_pages_.set(code, std::move(page)); }

  // Lets controllers and filters have sessions; without it there are none (Beego's SessionOn).
  void use_sessions(std::shared_ptr<const session::Manager> manager) { sessions_ = std::move(manager); }
  const session::Manager* sessions() const { return sessions_.get(); }

  // Each method of the class named "Error404" answers for the code "404" as a controller does: init, prepare, the
  // method, render, finish.
  void error_controller(const ControllerClass& error_class);
  template <typename C>
  void error_controller() {
    error_controller(C::reflect());
  }

  // Reads the templates of a folder, once. Throws ViewError if it cannot be read. A broken template is answered with
  // 500 by the controllers that show it.
  void add_view_path(const std::string& folder);
  // Those of a folder, of options().views_path if `folder` is empty. Throws ViewError if it was not added.
  const views::Views& views(std::string_view folder) const;

  struct Chain {
    std::string pattern;
    FilterChain chain;
  };
  const std::vector<Chain>& chains() const { return chains_; }
  const ErrorPages& error_pages() const { return error_pages_; }
  const AppOptions& options() const { return options_; }
  bool indents() const { return indents_; }

 private:
  AppOptions options_;
  bool indents_;
  ErrorPages error_pages_;
  values::TextMap<std::unique_ptr<views::Views>> views_;
  std::vector<Chain> chains_;
  std::shared_ptr<const session::Manager> sessions_;
};

}  // namespace duel::beego

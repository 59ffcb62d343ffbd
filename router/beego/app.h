// For applications in the Beego style: what an application registers. Start here.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/static_directory.h"
#include "router/beego/error_pages.h"
#include "router/beego/filter.h"
#include "router/beego/namespace.h"
#include "router/beego/route_table.h"
#include "router/beego/views/views.h"

namespace duel::beego {

using views::ViewError;

// Called with the request's path and what() of an exception that is neither StopRun nor an Abort with a page. Runs on
// the worker's thread.
using PanicLog = std::function<void(std::string_view path, std::string_view what)>;

// Writes one line to standard error. Control characters, which a client can put into a path, become '?'.
void log_panic(std::string_view path, std::string_view what);

// Names and defaults are those of Beego's configuration.
struct AppOptions {
  bool router_case_sensitive = true;
  // Any other mode indents JSON and XML. In "dev" the answer to an exception is a page that shows it: only for
  // development, because it tells clients about the program.
  std::string run_mode = "prod";
  std::string app_name = "beego";  // on the page that shows an exception
  // Sent as Server in run mode "dev", if not empty. Beego's default is "beegoServer:" and its version.
  std::string server_name = {};
  PanicLog panic_log = log_panic;  // if empty, exceptions are not reported
  bool auto_render = true;         // render the template of a controller that has written nothing and chosen no status
  std::string views_path = "views";  // folder of templates of controllers without a View::view_path
  bool errors_show = true;           // if false, abort() and exceptions of error pages answer with the status alone
  bool recover_panic = true;         // if false, the core answers exceptions: with 500, or it closes the connection
  // Whether Input::body() has the body, decoded if its Content-Encoding is gzip. Forms are read in any case. (Beego's
  // default is false; here the body is there, so that nothing is copied but a decoded body.)
  bool copy_request_body = true;
  // Compresses answers to GET and HEAD for clients that accept gzip: those made by Output::body(), and static files
  // .css and .js.
  bool enable_gzip = false;
  bool directory_index = false;  // whether static folders without an index.html are listed; see set_static_path()
  // A larger body is answered with 413. The core's own limit, http::ServerOptions::max_body, applies before.
  size_t max_memory_bytes = 64 * 1024 * 1024;
  size_t max_upload_bytes = 1024 * 1024 * 1024;  // the same for multipart forms
  // Whether the field `_method` of a POST can name PUT or DELETE as the method that a controller answers. Every POST to
  // a controller then has its form parsed.
  bool method_override = true;
  bool enable_xsrf = false;
  std::string xsrf_key = {};  // signs the token's cookie; if empty, a random key, valid until the process ends
  // Browsers keep and send a Secure cookie only over https (some also for http://localhost), so without TLS in front of
  // the server no form has a valid token. As in Beego, the default does not let the token travel in clear text.
  bool xsrf_secure = true;
  int64_t xsrf_expire_s = 0;  // lifetime of the token's cookie in seconds; 0: until the browser is closed
  std::string flash_name = "BEEGO_FLASH";
  std::string flash_separator = "BEEGOFLASH";
};

enum class SessionStart : uint8_t { kOnDemand, kEveryRequest };

// An application in the Beego style. One thread registers everything first. After that the application is const, and
// the Engines of all workers share it.
//
//   beego::App app;
//   app.router<MainController>("/ping", "get:Ping");
//   app.get("/user/:id", [](beego::Context& ctx) { ctx.output.body(ctx.input.param(":id")); });
class App : public RouteTable {
 public:
  explicit App(AppOptions options = {});

  // A chain wraps the whole handling of a request whose path matches the pattern. The chain that is inserted first is
  // the outermost. Throws RouteError for a bad pattern.
  void insert_filter_chain(std::string_view pattern, FilterChain chain);

  Namespace make_namespace(std::string_view prefix) const { return {prefix, case_sensitive()}; }

  // Replaces the error page of a code such as "404". An Abort with this code as its reason shows the page. The status
  // is written before `page` runs.
  void error_handler(std::string_view code, HandlerFunction page) { error_pages_.set(code, std::move(page)); }

  // Turns sessions on (Beego's SessionOn). Without a manager, every session member throws std::logic_error.
  // Beego starts a session in every request, which costs memory for clients that keep no cookies.
  void use_sessions(std::shared_ptr<const session::Manager> manager, SessionStart start = SessionStart::kOnDemand) {
    sessions_ = std::move(manager);
    sessions_start_ = start;
  }
  const session::Manager* sessions() const { return sessions_.get(); }

  // Makes the class's method "Error404" the error page of the code "404", and so on for each method whose name begins
  // with "Error". The page runs as a controller: init, prepare, the method, render, finish.
  void error_controller(const ControllerClass& error_class);
  template <typename C>
  void error_controller() {
    error_controller(C::reflect());
  }

  // Answers GET and HEAD for the path `url` and every path below it with the files of `folder`, before the route is
  // searched (Beego's SetStaticPath). A file that is not there is searched below the next of these paths, then the
  // route. A directory without an index.html is the error page 403, unless AppOptions::directory_index is true. Every
  // folder also has /robots.txt and /favicon.ico. Throws http::StartError if the folder cannot be opened.
  void set_static_path(std::string_view url, const std::string& folder);

  // Reads all templates of a folder, now and never again. Throws ViewError if the folder cannot be read. A controller
  // that renders a broken template answers with 500.
  void add_view_path(const std::string& folder);
  // The templates of a folder. An empty `folder` is options().views_path. Throws ViewError if the folder was not added.
  const views::Views& views(std::string_view folder) const;

  struct Chain {
    std::string pattern;
    FilterChain chain;
  };
  const std::vector<Chain>& chains() const { return chains_; }
  const ErrorPages& error_pages() const { return error_pages_; }
  const AppOptions& options() const { return options_; }
  bool indents() const { return indents_; }
  bool is_in_development() const { return is_in_development_; }
  struct StaticPath {
    StaticPath(std::string_view path, const std::string& root) : url(path), folder(root) {}
    std::string url;  // without a slash at its end; empty for all paths
    http::StaticDirectory folder;
  };
  const std::list<StaticPath>& static_paths() const { return static_paths_; }
  bool starts_sessions() const { return sessions_start_ == SessionStart::kEveryRequest; }

 private:
  AppOptions options_;
  bool indents_;
  bool is_in_development_;
  ErrorPages error_pages_;
  values::TextMap<std::unique_ptr<views::Views>> views_;
  std::vector<Chain> chains_;
  std::list<StaticPath> static_paths_;
  std::shared_ptr<const session::Manager> sessions_;
  SessionStart sessions_start_ = SessionStart::kOnDemand;
};

}  // namespace duel::beego

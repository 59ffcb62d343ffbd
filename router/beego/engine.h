// For programs: makes an http::Handler of an application in the Beego style.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/pool_use.h"
#include "http/gzip.h"
#include "http/handler.h"
#include "router/beego/app.h"

namespace duel::beego {

struct EngineOptions {
  // False: each request has a new Context, as in the article. True: all requests of the engine use one Context, as with
  // Beego's sync.Pool.
  bool pool_context = false;
};

// Handles one worker's requests: filters, routing and controllers, in the order of Beego's ServeHTTP. Each worker has
// its own Engine. All engines share the application, which must not change after the first Engine is made.
class Engine final : public http::Handler {
 public:
  explicit Engine(std::shared_ptr<const App> app, EngineOptions options = {});

  void handle(const http::Request& request, http::Response& response) override;
  bool answer_head(const http::Request& request, http::Response& response) override;

 private:
  void run_chain(size_t level, Context& context) const;
  void serve(Context& context) const;
  template <typename Step>
  void guard(Context& context, Step step) const;
  template <typename Step>
  void show_page_after_abort(Context& context, Step step) const;
  void serve_steps(Context& context) const;
  // Answers with a file of a static path; false if there is none.
  bool serve_static(Context& context) const;
  void show_directory(Context& context, const http::StaticDirectory& folder, std::string_view path) const;
  // Makes the body readable, or answers 413.
  bool take_body(Context& context) const;
  const char* refused_head(Context& context) const;
  bool run_filters(FilterPosition position, Context& context, std::string_view path) const;
  const Route* find_route(Context& context) const;
  void run_route(const Route& route, Context& context) const;
  void run_controller(const Route& route, Context& context) const;
  // Answers a request whose form a handler wanted to read: with the application's page of 400 or with the reason.
  void refuse_form(Context& context, const FormError& error) const;
  void recover(Context& context, std::string_view what) const;
  // The path that routes and filters match: the request's path, or its lower case if the application ignores case.
  std::string_view routed_path(Context& context) const;

  std::shared_ptr<const App> app_;
  EngineOptions options_;
  std::vector<Filter> levels_;  // the filter chains, outermost first; the last level is serve()
  std::unique_ptr<Context> pooled_;
  std::unique_ptr<http::Gzip> gzip_;  // null if AppOptions::enable_gzip is false
  alloc::PoolUse use_{"beego_contexts"};
};

}  // namespace duel::beego

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/pool_use.h"
#include "http/handler.h"
#include "router/beego/app.h"

namespace duel::beego {

struct EngineOptions {
  // False: a context is made for each request, as the article has it. True: one is used again, as Beego's sync.Pool
  // does.
  bool pool_context = false;
};

// A worker's way into an application: takes requests through filters, routes and controllers in the order of Beego's
// ServeHTTP. Each worker has its own; the application is shared and must not change any more.
class Engine final : public http::Handler {
 public:
  explicit Engine(std::shared_ptr<const App> app, EngineOptions options = {});

  void handle(const http::Request& request, http::Response& response) override;

 private:
  void run_chain(size_t level, Context& context) const;
  void serve(Context& context) const;
  template <typename Step>
  void guard(Context& context, Step step) const;
  void serve_steps(Context& context) const;
  const char* refused_body(context::Input& input) const;
  bool run_filters(FilterPosition position, Context& context, std::string_view path) const;
  const Route* find_route(Context& context) const;
  void run_route(const Route& route, Context& context) const;
  void run_controller(const Route& route, Context& context) const;
  void recover(Context& context, std::string_view what) const;
  // What routing sees of the path: as it is, or in lower case in `buffer`.
  std::string_view routed_path(const Context& context, std::string& buffer) const;

  std::shared_ptr<const App> app_;
  EngineOptions options_;
  std::vector<Filter> levels_;  // the chains, outermost first, and last what they wrap
  std::unique_ptr<Context> pooled_;
  alloc::PoolUse use_{"beego_contexts"};
};

}  // namespace duel::beego

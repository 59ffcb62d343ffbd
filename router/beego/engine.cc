#include "router/beego/engine.h"

#include "alloc/phases.h"
#include "http/grammar/ascii.h"
#include "http/on_exception.h"
#include "router/beego/error_page_texts.h"
#include "router/beego/values/number.h"
#include "router/beego/values/text.h"

namespace duel::beego {
namespace {

// HTML forms cannot send PUT or DELETE. Beego lets the field `_method` of a POST name one of them.
std::string_view overridden_method(context::Input& input) {
  if (input.method() != "POST") return input.method();
  const std::string_view wanted = input.own_field("_method");
  return wanted == "PUT" || wanted == "DELETE" ? wanted : input.method();
}

void call_by_http_method(Controller& controller, std::string_view method) {
  switch (http::method_of(method)) {
    case http::Method::kGet:
      return controller.get();
    case http::Method::kPost:
      return controller.post();
    case http::Method::kPut:
      return controller.put();
    case http::Method::kDelete:
      return controller.del();
    case http::Method::kHead:
      return controller.head();
    case http::Method::kPatch:
      return controller.patch();
    case http::Method::kOptions:
      return controller.options();
    case http::Method::kTrace:
      return controller.trace();
    default:
      return controller.not_allowed();  // beego 2.1.0 crashes here
  }
}

// Checks the XSRF token for the methods that Beego protects.
void protect(Controller& controller) {
  controller.xsrf_token();
  const context::Input& input = controller.input();
  if (input.is_post() || input.is_put() || input.is_delete()) controller.check_xsrf_cookie();
}

bool exceeds_limit(const context::Input& input, const AppOptions& options) {
  uint64_t size = input.request().body.size();
  // The body may not have arrived. The length of a chunked body is not known.
  if (size == 0) size = values::parse_number<uint64_t>(input.header("Content-Length")).value_or(0);
  return size > (input.is_upload() ? options.max_upload_bytes : options.max_memory_bytes);
}

// Whether the request is neither GET nor HEAD. Inlined, because most requests are.
inline bool may_have_body(const context::Input& input) {
  return !input.is_get() && !input.is_head();
}

// As in Beego, a body that is neither copied nor read as a form has no limit but the core's.
bool is_body_too_large(const context::Input& input, const AppOptions& options) {
  const bool is_read = options.copy_request_body || input.is_upload() || input.has_form();
  return is_read && may_have_body(input) && exceeds_limit(input, options);
}

// Beego's StaticExtensionsToGzip.
bool is_coded(std::string_view path) {
  const std::string_view extension = path.substr(std::min(path.rfind('.'), path.size()));
  return http::grammar::equal_fold_ascii(extension, ".css") || http::grammar::equal_fold_ascii(extension, ".js");
}

}  // namespace

Engine::Engine(std::shared_ptr<const App> app, EngineOptions options) : app_(std::move(app)), options_(options) {
  app_->open_accounts();
  for (const App::Chain& chain : app_->chains()) {
    const size_t next = levels_.size() + 1;
    levels_.emplace_back(chain.pattern, chain.chain([this, next](Context& context) { run_chain(next, context); }),
                         FilterOptions{});
  }
  // As in Beego, this pattern sets ":splat" to the whole path in every request.
  levels_.emplace_back(
      "/*", [this](Context& context) { serve(context); }, FilterOptions{});
  if (app_->options().enable_gzip) gzip_ = std::make_unique<http::Gzip>(http::GzipOptions{});
}

void Engine::handle(const http::Request& request, http::Response& response) {
  alloc::enter(alloc::Phase::kContext);
  std::unique_ptr<Context> made;
  std::unique_ptr<Context>& context = options_.pool_context ? pooled_ : made;
  use_.count(context != nullptr);
  if (!context) context = std::make_unique<Context>();
  if (!context->reset(request, response, *app_)) {
    response.status(400);
    response.end("400 Bad Request");
    return;
  }
  if (gzip_ && !may_have_body(context->input)) {
    gzip_->start(request);
    response.code_body(*gzip_);
  }
  alloc::enter(alloc::Phase::kRoute);
  guard(*context, [&] { run_chain(0, *context); });  // filter chains run outside of serve()
  alloc::enter(alloc::Phase::kWrite);
  context->output.finish();
  alloc::enter(alloc::Phase::kContext);  // the context is destroyed
}

// A chain, and a filter that runs before the route is searched, may read the body, change the path, or answer. Without
// them, an error page is certain. The page does not decide the status, unless a controller shows it.
bool Engine::answer_head(const http::Request& request, http::Response& response) {
  if (!app_->chains().empty() || !app_->filters(FilterPosition::kBeforeStatic).empty() ||
      !app_->filters(FilterPosition::kBeforeRouter).empty()) {
    return false;
  }
  Context context;
  const char* const refusal = context.reset(request, response, *app_) ? refused_head(context) : "400";
  if (refusal == nullptr || app_->error_pages().is_controller(refusal)) return false;
  handle(request, response);
  return true;
}

// The code of the error page that the head alone decides; null if there is none.
const char* Engine::refused_head(Context& context) const {
  const context::Input& input = context.input;
  if (!is_method(input.method())) return "405";
  if (is_body_too_large(input, app_->options())) return "413";
  return find_route(context) == nullptr ? "404" : nullptr;
}

void Engine::run_chain(size_t level, Context& context) const {
  const std::string_view path = routed_path(context);
  for (; level < levels_.size() && !context.output.started(); ++level) {
    if (levels_[level].run_if_matching(context, path)) return;
  }
}

void Engine::serve(Context& context) const {
  guard(context, [&] {
    serve_steps(context);
    if (context.output.chosen_status() != 0) context.output.write_header(context.output.chosen_status());
  });
}

// Runs a step. If it aborts, shows the error page, which may throw as well.
template <typename Step>
void Engine::show_page_after_abort(Context& context, Step step) const {
  try {
    step();
  } catch (const Abort& abort) {
    if (!app_->options().errors_show || !app_->error_pages().has(abort.what())) throw;
    context.show_error(abort.what());
  }
}

// Runs a step. An exception that it throws becomes a response.
template <typename Step>
void Engine::guard(Context& context, Step step) const {
  try {
    try {
      show_page_after_abort(context, step);
    } catch (const FormError& error) {
      refuse_form(context, error);
    }
  } catch (const StopRun&) {
    return;
  } catch (...) {
    if (!app_->options().recover_panic) throw;
    recover(context, http::what_was_thrown());
  }
}

void Engine::serve_steps(Context& context) const {
  context::Input& input = context.input;
  if (app_->is_in_development() && !app_->options().server_name.empty()) {
    context.output.header("Server", app_->options().server_name);
  }
  if (!is_method(input.method())) return context.show_error("405");

  const std::string_view path = routed_path(context);
  if (!run_filters(FilterPosition::kBeforeStatic, context, path) || context.output.started()) return;
  if (!app_->static_paths().empty() && serve_static(context)) return;
  if (may_have_body(input) && !take_body(context)) return;

  // Two lookups, as in Beego. The first is for the session, which a route may turn off. Filters may then change the
  // path, so the second finds the route.
  find_route(context);
  if (app_->starts_sessions()) context.start_session();
  if (!run_filters(FilterPosition::kBeforeRouter, context, path)) return;
  const Route* route = find_route(context);
  if (route == nullptr) return context.show_error("404");
  alloc::charge(route->account);
  input.params().number_splat();
  input.set_data("RouterPattern", route->pattern);

  if (!run_filters(FilterPosition::kBeforeExec, context, path)) return;
  alloc::enter(alloc::Phase::kHandler);
  run_route(*route, context);
  alloc::enter(alloc::Phase::kRoute);
  if (!run_filters(FilterPosition::kAfterExec, context, path)) return;
  run_filters(FilterPosition::kFinishRouter, context, path);
}

bool Engine::serve_static(Context& context) const {
  const context::Input& input = context.input;
  if (may_have_body(input)) return false;
  std::string buffer;
  std::string path(values::clean_path(input.url(), buffer));
  const bool in_every_folder = path == "/robots.txt" || path == "/favicon.ico";
  if (path.size() > 1 && input.url().ends_with('/')) path.push_back('/');
  http::Response& response = context.output.response();
  for (const App::StaticPath& shown : app_->static_paths()) {
    if (!in_every_folder && !path.starts_with(shown.url)) continue;
    const std::string_view inner = in_every_folder ? path : std::string_view(path).substr(shown.url.size());
    if (!inner.empty() && inner.front() != '/') continue;
    if (inner.empty()) {
      show_directory(context, shown.folder, inner);
      return true;
    }
    const auto coding = gzip_ && is_coded(inner) ? http::FileCoding::kSmall : http::FileCoding::kNone;
    switch (shown.folder.find(inner, context.request(), response, coding)) {
      case http::StaticDirectory::Found::kNothing:
        continue;
      case http::StaticDirectory::Found::kAnswered:
        return true;
      case http::StaticDirectory::Found::kDirectory:
        show_directory(context, shown.folder, inner);
        return true;
    }
  }
  return false;
}

void Engine::show_directory(Context& context, const http::StaticDirectory& folder, std::string_view path) const {
  if (!app_->options().directory_index) return context.show_error("403");
  if (context.input.url().ends_with('/')) {
    if (!folder.list(path, context.request(), context.output.response())) context.show_error("404");
    return;
  }
  constexpr int kFound = 302;
  const http::Request& request = context.request();
  std::string url = values::percent_encode(context.input.url(), http::grammar::kPathEncoding) + "/";
  if (!request.query.empty()) url.append("?").append(request.query);
  context.redirect(kFound, url);
}

bool Engine::take_body(Context& context) const {
  const AppOptions& options = app_->options();
  if (is_body_too_large(context.input, options) ||
      (options.copy_request_body && !context.input.is_upload() && !context.input.copy_body(options.max_memory_bytes))) {
    context.show_error("413");
    return false;
  }
  return true;
}

bool Engine::run_filters(FilterPosition position, Context& context, std::string_view path) const {
  for (const Filter& filter : app_->filters(position)) {
    if (!filter.run(context, path)) return false;
  }
  return true;
}

const Route* Engine::find_route(Context& context) const {
  return app_->find(context.input.method(), routed_path(context), context.input.params());
}

void Engine::run_route(const Route& route, Context& context) const {
  if (route.function) {
    route.function(context);
  } else if (route.handler) {
    route.handler->handle(context.request(), context.output.response());
  } else {
    run_controller(route, context);
  }
}

void Engine::run_controller(const Route& route, Context& context) const {
  const ControllerClass& controller_class = *route.controller;
  const std::string_view method =
      app_->options().method_override ? overridden_method(context.input) : context.input.method();
  const std::string* mapped = route.methods.find(method);
  if (mapped == nullptr) mapped = route.methods.find("*");
  const bool by_name = mapped != nullptr;

  const std::unique_ptr<Controller> controller = controller_class.make();
  controller->init(context, controller_class.name(), by_name ? std::string_view(*mapped) : method);
  controller->prepare();
  if (app_->options().enable_xsrf) protect(*controller);
  controller->url_mapping();
  if (!context.output.started()) {
    if (by_name) {
      if (!controller->handler_func(*mapped)) (*controller_class.find(*mapped))(*controller);
    } else {
      call_by_http_method(*controller, method);
    }
    if (!context.output.started() && context.output.chosen_status() == 0 && app_->options().auto_render) {
      controller->render();
    }
  }
  controller->finish();
}

void Engine::refuse_form(Context& context, const FormError& error) const {
  if (context.output.response().started()) return;
  context.output.restart();
  try {
    if (app_->error_pages().has("400")) return context.show_error("400");
  } catch (const FormError&) {  // the page itself reads the form
    context.output.restart();
  }
  context.output.error(error.what(), 400);
}

void Engine::recover(Context& context, std::string_view what) const {
  if (app_->options().panic_log) app_->options().panic_log(context.input.url(), what);
  constexpr int kNoContent = 204;
  const int chosen = context.output.chosen_status();
  const bool shows = app_->is_in_development() && !context.output.started() && chosen != kNoContent;
  context.output.write_header(chosen != 0 ? chosen : 500);
  if (!shows) return;
  context.output.header("Content-Type", "text/html; charset=utf-8");
  const context::Input& input = context.input;
  const std::string address = input.ip();
  const ExceptionPage shown{.app_name = app_->options().app_name,
                            .what = what,
                            .method = input.method(),
                            .url = input.uri(),
                            .address = address};
  context.output.write(exception_page_text(shown));
}

std::string_view Engine::routed_path(Context& context) const {
  if (app_->case_sensitive()) return context.input.url();
  return context.input.params().keep(values::to_lower_unicode(context.input.url()));
}

}  // namespace duel::beego

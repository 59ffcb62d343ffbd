#include "router/beego/app.h"

#include "http/log_line.h"
#include "router/beego/context/secure_cookie.h"

namespace duel::beego {
namespace {

// Runs a controller's page like Engine::run_controller(). The view is reset: the failed controller may have set it.
void run_error_controller(Context& context, const ControllerClass& error_class, const std::string& method) {
  context.lazy_parts().view = View();
  const std::unique_ptr<Controller> controller = error_class.make();
  controller->init(context, error_class.name(), method);
  controller->prepare();
  controller->url_mapping();
  (*error_class.find(method))(*controller);
  if (!context.output.started() && context.app().options().auto_render) controller->render();
  controller->finish();
}

}  // namespace

void log_panic(std::string_view path, std::string_view what) {
  http::log_line({"beego: ", path, ": ", what});
}

App::App(AppOptions options)
    : RouteTable(options.router_case_sensitive),
      options_(std::move(options)),
      indents_(options_.run_mode != "prod"),
      is_in_development_(options_.run_mode == "dev") {
  constexpr size_t kKeyLetters = 32;
  if (options_.xsrf_key.empty()) options_.xsrf_key = context::random_text(kKeyLetters);
}

void App::insert_filter_chain(std::string_view pattern, FilterChain chain) {
  routing::Tree().add(pattern, nullptr);  // throws for a bad pattern
  chains_.push_back({std::string(pattern), std::move(chain)});
}

void App::error_controller(const ControllerClass& error_class) {
  constexpr std::string_view kPrefix = "Error";
  for (const std::string& method : error_class.own_methods()) {
    if (!method.starts_with(kPrefix)) continue;
    error_pages_.set_controller(method.substr(kPrefix.size()), [error_class, method](Context& context) {
      run_error_controller(context, error_class, method);
    });
  }
}

void App::set_static_path(std::string_view url, const std::string& folder) {
  while (url.ends_with('/')) url.remove_suffix(1);
  static_paths_.emplace_back(url, folder);
}

void App::add_view_path(const std::string& folder) {
  views_.insert_or_assign(folder, std::make_unique<views::Views>(folder));
}

const views::Views& App::views(std::string_view folder) const {
  if (folder.empty()) folder = options_.views_path;
  const auto found = views_.find(folder);
  if (found == views_.end()) throw views::ViewError("there is no view path " + std::string(folder));
  return *found->second;
}

}  // namespace duel::beego

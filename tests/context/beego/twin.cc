// The applications that were recorded with beego 2.1.0, in the Beego style.

#include "tests/context/twin.h"

#include <memory>
#include <stdexcept>

#include "router/beego/engine.h"
#include "router/beego/session/memory_provider.h"
#include "tests/context/beego/common.h"
#include "tests/context/beego/life_controllers.h"
#include "tests/context/beego/read_controller.h"
#include "tests/context/beego/send_controller.h"
#include "tests/context/beego/state_controller.h"

namespace duel::context {
namespace {

using namespace beego_twin;

void add_reading(beego::App& app) {
  app.router<ReadController>("/query", "*:Query");
  app.router<ReadController>("/query/:a", "*:Query");
  app.router<ReadController>("/typed", "*:Typed");
  app.router<ReadController>("/input", "*:Input");
  app.router<ReadController>("/params/:id/:name", "*:Params");
  app.router<ReadController>("/splat/:id/*", "*:Params");
  app.router<ReadController>("/body", "*:Body");
  app.router<ReadController>("/bind/:kind", "*:BindKey");
  app.router<ReadController>("/parseform", "*:ParseForm");
  app.router<ReadController>("/bindbody/:how", "*:BindBody");
  app.router<ReadController>("/files", "*:Files");
  app.router<ReadController>("/cookie", "*:Cookie");
}

void add_sending(beego::App& app) {
  app.router<SendController>("/serve/json/:n", "*:ServeJSON");
  app.router<SendController>("/serve/jsonp/:n", "*:ServeJSONP");
  app.router<SendController>("/serve/xml/:n", "*:ServeXML");
  app.router<SendController>("/serve/yaml/:n", "*:ServeYAML");
  app.router<SendController>("/serve/formatted/:n", "*:ServeFormatted");
  app.router<SendController>("/resp/:n", "*:Resp");
  app.router<SendController>("/json/:n", "*:JSON");
  app.router<SendController>("/xml/:n", "*:XML");
  app.router<SendController>("/redirect", "*:Redirect");
  app.router<SendController>("/deep/er/redirect", "*:Redirect");
  app.router<SendController>("/ctxredirect", "*:CtxRedirect");
  app.router<SendController>("/abort", "*:Abort");
  app.router<SendController>("/ctxabort", "*:CtxAbort");
  app.router<SendController>("/customabort", "*:CustomAbort");
  app.router<SendController>("/exception", "*:Exception");
  app.router<SendController>("/download", "*:Download");
  app.router<SendController>("/out/:n", "*:Out");
  app.router<SendController>("/panic/:n", "*:Panic");
}

void add_state(beego::App& app) {
  app.router<StateController>("/setcookie", "*:SetCookie");
  app.router<StateController>("/secure/set", "*:SetSecure");
  app.router<StateController>("/secure/get", "*:GetSecure");
  app.router<StateController>("/flash/set", "*:FlashSet");
  app.router<StateController>("/flash/go/:kind", "*:FlashGo");
  app.router<StateController>("/flash/get", "*:FlashGet");
  app.router<StateController>("/xsrf/form", "*:XsrfForm");
  app.router<StateController>("/xsrf/token", "*:XsrfToken");
  app.router<StateController>("/xsrf/post", "*:Accepted");
  app.router<StateController>("/xsrf/open", "*:Accepted");
  app.router<StateController>("/getonly", "get:Accepted");
  app.router<StateController>("/session/set", "*:SessionSet");
  app.router<StateController>("/session/get", "*:SessionGet");
  app.router<StateController>("/session/del", "*:SessionDel");
  app.router<StateController>("/session/none", "*:SessionNone");
  app.router<StateController>("/session/destroy", "*:SessionDestroy");
  app.router<StateController>("/session/regen", "*:SessionRegen");
  app.router<StateController>("/session/count", "*:SessionCount");
  app.router<StateController>("/session/id", "*:SessionId");
}

void add_functions(beego::App& app) {
  app.router<LifeController>("/life", "*:Run");
  app.router<RestController>("/rest");
  app.router<BareController>("/bare");
  app.get("/fn", [](beego::Context& context) { context.write_string("fn"); });
  app.post("/fnpost", [](beego::Context& context) { context.output.body("fnpost"); });
  app.any("/fnany", [](beego::Context& context) { context.output.body(context.input.method()); });
  app.get("/fnpanic", [](beego::Context&) { throw std::runtime_error("fn"); });
  app.get("/fnabort", [](beego::Context& context) { context.abort(403, "403"); });
}

void add_error_pages(beego::App& app) {
  app.error_controller<ErrorController>();
  app.error_handler("403", [](beego::Context& context) { context.write_string("own 403"); });
  app.error_handler("teapot", [](beego::Context& context) {
    context.output.header("X-Teapot", "1");
    context.write_string("short and stout");
  });
}

// How the applications differ: each has one change of its own, so that the others keep the defaults.
beego::AppOptions options_of(std::string_view name) {
  constexpr size_t kSmallMemory = 1024;
  constexpr size_t kSmallUpload = 2048;
  constexpr int64_t kXsrfExpireS = 3600;
  beego::AppOptions options{.app_name = "oracle", .panic_log = {}, .auto_render = false};
  if (name == "dev") options.run_mode = "dev", options.server_name = "beegoServer:2.0.0";
  if (name.starts_with("small")) options.max_memory_bytes = kSmallMemory, options.max_upload_bytes = kSmallUpload;
  if (name == "xsrf") options.enable_xsrf = true, options.xsrf_key = "test-key", options.xsrf_expire_s = kXsrfExpireS;
  if (name.ends_with("nocopy")) options.copy_request_body = false;
  if (name == "gzip") options.enable_gzip = true;
  if (name == "dirindex") options.directory_index = true;
  if (name == "noshow") options.errors_show = false;
  if (name == "norecover") options.recover_panic = false;
  if (name == "nocase") options.router_case_sensitive = false;
  return options;
}

std::shared_ptr<const beego::session::Manager> sessions_of(std::string_view name) {
  constexpr int64_t kCookieLifeS = 60;
  beego::session::SessionCookie cookie{.same_site = beego::session::SameSite::kUnset};
  if (name == "session-opts") {
    cookie = {.name = "sid",
              .domain = "example.com",
              .max_age_s = kCookieLifeS,
              .http_only = false,
              .same_site = beego::session::SameSite::kStrict};
  }
  if (name == "session-nocookie") cookie.is_set = false;
  if (name == "session-header") cookie.header = "Beegosessionid";
  if (name == "session-query") cookie.in_query = true;
  return std::make_shared<beego::session::Manager>(std::make_shared<beego::session::MemoryProvider>(), cookie);
}

std::shared_ptr<beego::App> make_app(std::string_view name) {
  auto app = std::make_shared<beego::App>(options_of(name));
  add_reading(*app);
  add_sending(*app);
  add_state(*app);
  add_functions(*app);
  if (name == "errors") add_error_pages(*app);
  if (name.starts_with("session")) app->use_sessions(sessions_of(name), beego::SessionStart::kEveryRequest);
  app->set_static_path("/static", served_folder());
  app->set_static_path("/assets/x", served_folder() / "sub");
  return app;
}

std::vector<Application> make(const std::filesystem::path& files) {
  served_folder() = files;
  std::vector<Application> applications;
  for (const char* name :
       {"main", "dev", "nocopy", "small", "small-nocopy", "gzip", "dirindex", "xsrf", "session", "session-opts",
        "session-header", "session-query", "session-nocookie", "errors", "noshow", "norecover", "nocase"}) {
    const std::shared_ptr<const beego::App> app = make_app(name);
    applications.push_back({.name = name,
                            .make_handler = [app] { return std::make_unique<beego::Engine>(app); },
                            .options = {.on_exception = {}}});
  }
  return applications;
}

}  // namespace
}  // namespace duel::context

int main(int argc, char** argv) {
  return duel::context::run_twin(argc, argv, duel::context::make);
}

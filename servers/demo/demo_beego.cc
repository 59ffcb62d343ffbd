#include <limits>
#include <memory>
#include <string>

#include "router/beego/app.h"
#include "router/beego/controller_class.h"
#include "router/beego/engine.h"
#include "servers/demo/demo.h"
#include "servers/demo/demo_beego_data.h"
#include "servers/demo/list_length.h"
#include "servers/demo/refusals.h"
#include "servers/demo/route_text.h"
#include "servers/logs/log.h"

namespace duel::servers::demo {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";

class MainController : public beego::Controller {
 public:
  void ping() {
    output().header("Content-Type", kText);
    output().body("pong");
  }

  void json() {
    data()["json"] = beego::Map{{"message", std::string("pong")}};
    serve_json();
  }

  void list() {
    const auto length = parse_list_length(input().param(":length"));
    if (!length) {
      output().set_status(400);
      output().header("Content-Type", kText);
      return output().body(std::string(kListLengthRefusal));
    }
    beego::List users;
    for (int id = 1; id <= *length; ++id) users.emplace_back(beego::Map{{"id", id}, {"name", std::string("someone")}});
    data()["json"] = std::move(users);
    serve_json();
  }

  void echo() {
    output().header("Content-Type", "application/octet-stream");
    output().body(context().request().body);
  }

  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<MainController>("MainController")
        .method("Ping", &MainController::ping)
        .method("JSON", &MainController::json)
        .method("List", &MainController::list)
        .method("Echo", &MainController::echo);
  }
};

class UserController : public beego::Controller {
 public:
  void show() {
    output().header("Content-Type", kText);
    output().body(input().param(":id"));
  }

  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<UserController>("UserController").method("Show", &UserController::show);
  }
};

class FileController : public beego::Controller {
 public:
  explicit FileController(const http::StaticDirectory& files) : files_(files) {}

  // The file's path is :splat. This is a part of the cleaned path, which the router has matched, and not of the path
  // that was sent. Cleaning has removed a slash at the end, which marks a directory.
  void show() {
    std::string path(input().param(":splat"));
    if (input().url().ends_with('/')) path += '/';
    if (!files_.serve(path, context().request(), output().response())) abort("404");
  }

  static beego::ControllerClass reflect(const http::StaticDirectory& files) {
    return beego::ControllerClass::of<FileController>("FileController",
                                                      [&files] { return std::make_unique<FileController>(files); })
        .method("Show", &FileController::show);
  }

 private:
  const http::StaticDirectory& files_;
};

class GithubController : public beego::Controller {
 public:
  void show() {
    if (is_partial_put(context().request())) {
      output().set_status(400);
      output().header("Content-Type", kText);
      return output().body(std::string(kPartialPutText));
    }
    const auto pattern = std::any_cast<std::string>(*input().get_data("RouterPattern"));
    std::string text;
    describe_route(
        pattern, [&](std::string_view piece) { text += piece; },
        [&](std::string_view name) { return input().param(":" + std::string(name)); });
    output().header("Content-Type", kText);
    output().body(text);
  }

  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<GithubController>("GithubController").method("Show", &GithubController::show);
  }
};

class ItemController : public beego::Controller {
 public:
  explicit ItemController(Items& items) : items_(items) {}

  void keep() {
    const size_t size = items_.keep(input().param(":id"));
    output().header("Content-Type", kText);
    output().body(std::to_string(size) + " bytes");
  }

  static beego::ControllerClass reflect(Items& items) {
    return beego::ControllerClass::of<ItemController>("ItemController",
                                                      [&items] { return std::make_unique<ItemController>(items); })
        .method("Keep", &ItemController::keep);
  }

 private:
  Items& items_;
};

void add_github_routes(beego::App& app) {
#define DUEL_ROUTE(method, pattern, path) app.router<GithubController>(pattern, #method ":Show");
#include "router/sets/github.inc"
#undef DUEL_ROUTE
}

// The methods that have a route for this path, as a value for Allow (RFC 9110 §10.2.1). Empty if the request's own
// method has a route.
std::string other_methods(const beego::App& app, const beego::Input& input) {
  std::string list;
  for (int i = 0; i < http::kMethodCount; ++i) {
    const std::string_view method = http::method_name(static_cast<http::Method>(i));
    beego::Params params;
    if (app.find(method, input.url(), params) == nullptr) continue;
    if (input.is(method)) return {};
    list.append(list.empty() ? "" : ", ").append(method);
  }
  return list;
}

// Answers a request without a route. Beego shows the 404 page also if the path has routes for other methods. This demo
// then answers OPTIONS with Allow (RFC 9110 §9.3.7) and other methods with 405 (§15.5.6), or with 501 if no route has
// the method (§9.1). It writes to the core's response because Beego has already set the status of its own.
void answer_no_route(const beego::App& app, beego::Context& context) {
  http::Response& response = context.output.response();
  const std::string methods = other_methods(app, context.input);
  const auto answer = [&](int status, std::string_view text) {
    response.status(status);
    response.set("Content-Type", "text/plain");
    response.end(text);
  };
  if (methods.empty()) return answer(404, "404 page not found");
  response.set("Allow", methods);
  response.status(204);
  if (context.input.is("OPTIONS")) return response.end();
  if (context.request().method == http::Method::kOther) return answer(501, kNotImplementedText);
  answer(405, "405 method not allowed");
}

std::shared_ptr<beego::App> make_app(const Setup& setup) {
  const config::DataOptions& data = setup.options.data;
  const auto log = [](std::string_view path, std::string_view what) {
    logs::log_failure(std::string(path).append(": ").append(what));
  };
  // As in the other styles, only --max-body limits a body, and no route has a form.
  constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();
  auto app = std::make_shared<beego::App>(beego::AppOptions{.panic_log = log,
                                                            .max_memory_bytes = kNoLimit,
                                                            .max_upload_bytes = kNoLimit,
                                                            .method_override = false,
                                                            .enable_xsrf = data.xsrf,
                                                            .xsrf_key = data.xsrf_key,
                                                            .xsrf_expire_s = static_cast<int64_t>(data.xsrf_expire_s)});
  app->router<MainController>("/ping", "get,head:Ping");
  app->router<MainController>("/json", "get,head:JSON");
  app->router<MainController>("/list/:length", "get,head:List");
  app->router<MainController>("/echo", "post:Echo");
  app->router<MainController>("/fixed/css/site.css", "get,head:Ping");
  app->router<MainController>("/wild/*", "get,head:Ping");
  app->router<UserController>("/api/v1/user/:id", "get,head:Show");
  app->router("/static/*", FileController::reflect(setup.files), "get,head:Show");
  if (setup.items != nullptr) app->router("/api/item/:id", ItemController::reflect(*setup.items), "get:Keep");
  add_github_routes(*app);
  app->error_handler("404", [routes = app.get()](beego::Context& context) { answer_no_route(*routes, context); });
  app->error_handler("405", [routes = app.get()](beego::Context& context) { answer_no_route(*routes, context); });
  return app;
}

}  // namespace

http::HandlerFactory make_beego_demo(const Setup& setup) {
  const auto app = make_app(setup);
  return [app, data = add_data(*app, setup.options.data), items = setup.items, pool = setup.options.beego_pooled] {
    return std::make_unique<beego::Engine>(app, beego::EngineOptions{.pool_context = pool});
  };
}

}  // namespace duel::servers::demo

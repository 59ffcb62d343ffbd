#include <any>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "bench/micro/requests.h"
#include "bench/micro/styles.h"
#include "router/beego/app.h"
#include "router/beego/controller.h"
#include "router/beego/controller_class.h"
#include "router/beego/engine.h"

namespace duel::bench {
namespace {

class AnswerController : public beego::Controller {
 public:
  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<AnswerController>("AnswerController")
        .method("Pattern", &AnswerController::pattern)
        .method("Id", &AnswerController::id)
        .method("Fifth", &AnswerController::fifth)
        .method("File", &AnswerController::file)
        .method("Text", &AnswerController::text)
        .method("Json", &AnswerController::json);
  }

  void pattern() { output().body(std::any_cast<const std::string&>(data()["RouterPattern"])); }
  void id() { output().body(input().param(":id")); }
  void fifth() { output().body(input().param(":e")); }
  void file() { output().body(input().param(":splat")); }
  void text() { output().body("pong"); }
  void json() {
    data()["json"] = beego::Map{{"message", std::string("pong")}};
    serve_json();
  }
};

// The pattern in Beego's syntax, where a catch-all has no name.
std::string beego_pattern(std::string_view pattern) {
  const size_t star = pattern.find('*');
  return std::string(star == std::string_view::npos ? pattern : pattern.substr(0, star + 1));
}

std::shared_ptr<const beego::App> make_app(std::span<const Case> routes, const std::string& answer) {
  auto app = std::make_shared<beego::App>();
  for (const Case& route : routes) {
    app->router<AnswerController>(beego_pattern(route.pattern),
                                  std::string(http::method_name(route.method)) + ":" + answer);
  }
  return app;
}

// As in a request, the list of parameters is made for the lookup.
const beego::Route* find(const beego::App& app, const Case& asked) {
  beego::Params params;
  const beego::Route* route = app.find(http::method_name(asked.method), asked.path, params);
  benchmark::DoNotOptimize(params);
  return route;
}

// "GET /user/:id"; empty if there is no route.
std::string route_name(std::string_view method, std::string_view pattern) {
  return pattern.empty() ? "" : std::string(method).append(" ").append(pattern);
}

void check_lookups(const std::string& name, const beego::App& app, std::span<const Case> cases) {
  for (const Case& asked : cases) {
    const std::string expected = route_name(http::method_name(asked.method), beego_pattern(asked.pattern));
    const beego::Route* route = find(app, asked);
    const std::string found = route == nullptr ? "" : route_name(route->methods.begin()->first, route->pattern);
    if (found != expected) fail(name, asked.path, expected, found);
  }
}

void add_lookups(const std::string& name, const std::shared_ptr<const beego::App>& app, std::span<const Case> cases) {
  check_lookups(name, *app, cases);
  add_benchmark(name, cases.size(), [app, cases](size_t i) { benchmark::DoNotOptimize(find(*app, cases[i])); });
}

template <class Expected>
void add_requests(const std::string& name, const std::shared_ptr<const beego::App>& app, std::span<const Case> cases,
                  const Expected& expected) {
  add_request_benchmark(name, std::make_unique<beego::Engine>(app), cases, expected);
}

template <class Expected>
void add_both(const std::string& set, std::span<const Case> routes, std::span<const Case> cases,
              const std::string& answer, const Expected& expected) {
  const auto app = make_app(routes, answer);
  add_lookups(set + "/beego/lookup", app, cases);
  add_requests(set + "/beego/request", app, cases, expected);
}

}  // namespace

void add_beego_benchmarks() {
  const auto pattern = [](const Case& asked) { return beego_pattern(asked.pattern); };
  const auto text = [](std::string_view body) { return [body](const Case&) { return body; }; };
  add_both("github", kGithub, kGithub, "Pattern", pattern);
  add_both("static", kStatic, kStatic, "Pattern", pattern);
  add_both("gplus", kGplus, kGplus, "Pattern", pattern);
  add_both("parse", kParse, kParse, "Pattern", pattern);
  add_both("one_param", kOneParam, kOneParam, "Id", text("12345"));
  add_both("five_params", kFiveParams, kFiveParams, "Fifth", text("test"));
  add_both("catch_all", kCatchAll, kCatchAll, "File", text("js/app/vendor.min.js"));
  add_both("miss", kGithub, kMisses, "Pattern", text(""));
  add_requests("text/beego/request", make_app(kText, "Text"), kText, text("pong"));
  add_requests("json/beego/request", make_app(kJson, "Json"), kJson, text(R"({"message":"pong"})"));
}

}  // namespace duel::bench

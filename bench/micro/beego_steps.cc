#include "bench/micro/beego_steps.h"

#include "router/beego/controller.h"
#include "router/beego/controller_class.h"
#include "router/beego/formats/json.h"

namespace duel::bench {
namespace {

using Mark = std::function<void()>;

class JsonController : public beego::Controller {
 public:
  // If marks are set: does the same as `data()["json"] = ...; serve_json();`, step by step.
  void json() {
    data()["json"] = beego::Map{{"message", "pong"}};
    if (mark == nullptr) return serve_json();
    (*mark)();
    const std::string text = beego::formats::to_json(*input().get_data("json"));
    (*mark)();
    output().header("Content-Type", "application/json; charset=utf-8");
    output().body(text);
  }
  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<JsonController>("JsonController").method("Json", &JsonController::json);
  }

  // Static, because the size of the object is measured.
  static inline thread_local const Mark* mark = nullptr;
};

std::shared_ptr<const beego::App> make_app() {
  auto app = std::make_shared<beego::App>();
  app->router<JsonController>("/json", "get:Json");
  return app;
}

http::Request make_request() {
  http::Request request;
  request.target = request.path = "/json";
  request.host = "example.com";
  return request;
}

}  // namespace

BeegoJsonRequest::BeegoJsonRequest()
    : app_(make_app()), catch_all_("/*", [](beego::Context&) {}, {}), response_(date_) {}

BeegoJsonRequest::~BeegoJsonRequest() = default;

void BeegoJsonRequest::run(const Mark& mark) {
  const http::Request request = make_request();
  http::Output sent(block_.data(), block_.data() + block_.size());
  response_.start(request, sent, true);
  mark();  // the first step begins

  auto context = std::make_unique<beego::Context>();
  context->reset(request, response_, *app_);
  mark();
  beego::Input& input = context->input;
  catch_all_.run_if_matching(*context, input.url());
  mark();
  app_->find("GET", input.url(), input.params());
  mark();
  const beego::Route* route = app_->find("GET", input.url(), input.params());
  mark();
  input.params().number_splat();
  mark();
  input.set_data("RouterPattern", route->pattern);
  mark();
  const beego::ControllerClass* controller_class = route->controller.get();
  const std::string& name = *route->methods.find("GET");
  const beego::ControllerClass::Method& method = *controller_class->find(name);
  mark();
  std::unique_ptr<beego::Controller> controller = controller_class->make();
  mark();
  controller->init(*context, controller_class->name(), name);
  controller->prepare();
  mark();
  JsonController::mark = &mark;
  method(*controller);
  JsonController::mark = nullptr;
  mark();
  controller->finish();
  controller.reset();
  context->output.finish();
  context.reset();
  mark();
}

}  // namespace duel::bench

#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "router/beego/controller.h"
#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego::testing {

using Fields = std::vector<std::pair<std::string, std::string>>;
using Action = std::function<void(Controller&)>;

// A controller whose method runs the action of the test.
class Scripted : public Controller {
 public:
  explicit Scripted(const Action& action) : action_(action) {}
  void act() { action_(*this); }
  void get() override { act(); }
  void post() override { act(); }

 private:
  const Action& action_;
};

// Sends requests to /act and /act/ID, each with the action that the controller runs.
class ControllerTest : public ::testing::Test {
 protected:
  void make(AppOptions options = {}) {
    options.panic_log = [this](std::string_view, std::string_view what) { log_ += std::string(what) + "\n"; };
    app_ = std::make_shared<App>(std::move(options));
    const auto make_controller = [this] { return std::make_unique<Scripted>(action_); };
    app_->router("/act/?:id", ControllerClass::of<Scripted>("Scripted", make_controller).method("Act", &Scripted::act),
                 "*:Act");
  }
  Answer send(const FullRequest& request, Action action) {
    if (!app_) make();
    action_ = std::move(action);
    Engine engine(app_);
    return exchange(engine, request);
  }
  Answer get(const std::string& target, Action action, const Fields& fields = {}) {
    return send(FullRequest("GET", target, fields), std::move(action));
  }
  Answer post(const std::string& target, const Fields& fields, const std::string& body, Action action) {
    return send(FullRequest("POST", target, fields, body), std::move(action));
  }

  Action action_;
  std::string log_;
  std::shared_ptr<App> app_;
};

}  // namespace duel::beego::testing

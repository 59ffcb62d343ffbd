// The example of router/README.md: compiled and run. tests/layout/pages.py compares it with the page.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/accounts.h"
#include "alloc/phases.h"
#include "http/handler.h"
#include "tests/router/recorded/exchange.h"

namespace alloc = duel::alloc;
namespace http = duel::http;

namespace {

using Function = void (*)(const http::Request&, http::Response&);
struct Route {
  http::Method method;
  Function function;
  alloc::AccountId account;
};

// The application. It is complete before the server starts; then all workers read it, so it needs no lock.
class Routes {
 public:
  void add(http::Method method, const std::string& path, Function function) {
    paths_[path].push_back({method, function, alloc::open_account(path)});
  }
  // Null if there is none. Then the answer has been sent: 404, or 405 if the path has other methods.
  const Route* find(const http::Request& request, http::Response& response) const {
    const auto path = paths_.find(request.path);
    if (path == paths_.end()) return refuse(404, response);
    std::string allow;
    for (const Route& route : path->second) {
      if (route.method == request.method) return &route;
      allow.append(allow.empty() ? "" : ", ").append(http::method_name(route.method));
    }
    response.set("Allow", allow);
    return refuse(405, response);
  }

 private:
  static const Route* refuse(int status, http::Response& response) {
    response.status(status);
    response.end(http::reason_phrase(status));
    return nullptr;
  }
  std::map<std::string, std::vector<Route>, std::less<>> paths_;
};

// The router of one worker.
class Engine final : public http::Handler {
 public:
  explicit Engine(std::shared_ptr<const Routes> routes) : routes_(std::move(routes)) {}
  void handle(const http::Request& request, http::Response& response) override {
    alloc::enter(alloc::Phase::kRoute);
    const Route* route = routes_->find(request, response);
    if (route == nullptr) return;
    alloc::charge(route->account);
    alloc::enter(alloc::Phase::kHandler);
    route->function(request, response);
  }
  bool answer_head(const http::Request& request, http::Response& response) override {
    return routes_->find(request, response) == nullptr;
  }

 private:
  std::shared_ptr<const Routes> routes_;
};

class SmallRouter : public ::testing::Test {
 protected:
  SmallRouter() {
    auto routes = std::make_shared<Routes>();
    routes->add(http::Method::kGet, "/example/ping",
                [](const http::Request&, http::Response& response) { response.end("pong"); });
    routes->add(http::Method::kPost, "/example/ping",
                [](const http::Request& request, http::Response& response) { response.end(request.body); });
    engine_ = std::make_unique<Engine>(routes);
  }
  duel::recorded::Answer ask(const char* method, const char* target) {
    return duel::recorded::exchange(*engine_, method, target);
  }
  Engine& engine() { return *engine_; }

 private:
  std::unique_ptr<Engine> engine_;
};

TEST_F(SmallRouter, FindsRoutesByPathAndMethod) {
  EXPECT_EQ(ask("GET", "/example/ping?x").body, "pong");
  EXPECT_EQ(ask("POST", "/example/ping").body, "");
  EXPECT_EQ(ask("GET", "/example").status, 404);
  const duel::recorded::Answer other = ask("PUT", "/example/ping");
  EXPECT_EQ(other.status, 405);
  EXPECT_EQ(other.field("Allow"), "GET, POST");
}

TEST_F(SmallRouter, ChargesTheAccountOfTheRoute) {
  ask("GET", "/example/ping");
  EXPECT_EQ(alloc::account_name(alloc::charged()), "/example/ping");
}

TEST_F(SmallRouter, RefusesAtTheHeadWhatHasNoRoute) {
  char block[1024];
  http::DateLine date(0);
  http::Response response(date);
  for (const auto& [target, refused] : {std::pair{"/example/ping", false}, {"/nowhere", true}}) {
    http::Output output(block, block + sizeof block);
    const http::Request request = duel::recorded::make_request("POST", target);
    response.start(request, output, true);
    EXPECT_EQ(engine().answer_head(request, response), refused) << target;
  }
}

}  // namespace

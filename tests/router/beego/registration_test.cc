#include <gtest/gtest.h>

#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego {
namespace {

class Shop : public Controller {
 public:
  void list() { output().body("list"); }
  void get() override { output().body("get"); }
  static ControllerClass reflect() { return ControllerClass::of<Shop>("ShopController").method("List", &Shop::list); }
};

class Other : public Controller {};

// The message of the RouteError that the registration throws; empty if it throws none.
template <typename Register>
std::string refusal(Register register_route) {
  try {
    register_route();
  } catch (const routing::RouteError& error) {
    return error.what();
  }
  return {};
}

TEST(Registration, AnErrorIsOneSentence) {
  App app;
  EXPECT_EQ(refusal([&] { app.router<Shop>("/x", "get:Missing"); }),
            "the method mapping \"get:Missing\" names the method \"Missing\", which the controller ShopController does "
            "not have");
  EXPECT_EQ(refusal([&] { app.router<Shop>("/x", "get"); }),
            "the method mapping \"get\" is not of the form \"get,post:Method\"");
  EXPECT_EQ(refusal([&] { app.router<Shop>("/x", "get:List;"); }),
            "the method mapping \"\" is not of the form \"get,post:Method\"");
  EXPECT_EQ(refusal([&] { app.router<Shop>("/x", "brew:List"); }),
            "the method mapping \"brew:List\" names \"brew\", which is not an HTTP method");
  EXPECT_EQ(refusal([&] { app.add_method("brew", "/x", [](Context&) {}); }),
            "\"brew\" is not an HTTP method that a route can have");
  EXPECT_EQ(refusal([&] {
              Namespace none = app.make_namespace("/");
              none.get("/x", [](Context&) {});
              app.add_namespace(none);
            }),
            "the prefix \"/\" of a namespace has no segment");
  EXPECT_NE(refusal([&] { app.get("/:id([)", [](Context&) {}); }).find("bad regular expression"), std::string::npos);
  EXPECT_NE(refusal([&] { app.insert_filter("/:id([)", FilterPosition::kBeforeExec, [](Context&) {}); }), "");
  EXPECT_NE(refusal([&] { app.insert_filter_chain("/:id([)", [](HandlerFunction next) { return next; }); }), "");
  EXPECT_TRUE(app.filters(FilterPosition::kBeforeExec).empty());
}

TEST(Registration, AClassNameBelongsToOneClass) {
  App app;
  app.router<Shop>("/a");
  EXPECT_EQ(refusal([&] { app.router("/b", ControllerClass::of<Other>("ShopController")); }),
            "two controller classes are registered under the name ShopController");
  values::Params params;
  EXPECT_EQ(app.find("GET", "/b", params), nullptr);
}

TEST(Registration, AnEmptyNamespaceMayHaveAnyPrefix) {
  App app;
  Namespace none = app.make_namespace("/");
  EXPECT_NE(refusal([&] { none.get("/:id([)", [](Context&) {}); }), "");
  EXPECT_EQ(refusal([&] { app.add_namespace(none); }), "");
}

TEST(Registration, ARefusedRouteIsNotAdded) {
  auto app = std::make_shared<App>();
  EXPECT_NE(refusal([&] { app->router<Shop>("/x", "get:Missing"); }), "");
  Engine engine(app);
  EXPECT_EQ(testing::exchange(engine, "GET", "/x").status, 404);
}

TEST(Registration, AutoRouterMakesPathsFromNames) {
  auto app = std::make_shared<App>();
  app->auto_router<Shop>();
  Engine engine(app);
  for (const char* path : {"/shop/list", "/Shop/List", "/shop/list/1/2"}) {
    EXPECT_EQ(testing::exchange(engine, "POST", path).body, "list") << path;
  }
  EXPECT_EQ(testing::exchange(engine, "GET", "/shop/get").status, 404) << "inherited methods have no route";
  EXPECT_EQ(testing::exchange(engine, "GET", "/SHOP/LIST").status, 404);
}

TEST(Registration, NamespacesHaveConditionsAndFilters) {
  auto app = std::make_shared<App>();
  std::string trace;
  Namespace api = app->make_namespace("/api");
  Namespace inner = app->make_namespace("/shop");
  inner.get("/:id", [&](Context& context) {
    trace += "handler ";
    context.output.set_status(204);
  });
  api.before([&](Context&) { trace += "before "; });
  api.after([&](Context&) { trace += "after "; });
  api.condition([&](Context& context) {
    trace += "condition ";
    return context.input.query("ok") == "1";
  });
  api.add_namespace(inner);
  app->add_namespace(api);
  Engine engine(app);
  EXPECT_EQ(testing::exchange(engine, "GET", "/api/shop/7?ok=1").status, 204);
  EXPECT_EQ(trace, "condition before handler after ");
  trace.clear();
  EXPECT_EQ(testing::exchange(engine, "GET", "/api/shop/7").status, 405);
  EXPECT_EQ(trace, "condition ");
}

TEST(Registration, PlainHandlersAnswerAllMethods) {
  class Teapot : public http::Handler {
    void handle(const http::Request&, http::Response& response) override {
      response.status(418);
      response.end("short and stout");
    }
  };
  auto app = std::make_shared<App>();
  app->handler("/tea", std::make_shared<Teapot>(), true);
  Engine engine(app);
  EXPECT_EQ(testing::exchange(engine, "GET", "/tea").body, "short and stout");
  EXPECT_EQ(testing::exchange(engine, "LOCK", "/tea/a/b").status, 418);
}

class Linked : public Controller {
 public:
  void show() {}
  void edit() {}
  static ControllerClass reflect() {
    return ControllerClass::of<Linked>("Linked").method("Show", &Linked::show).method("Edit", &Linked::edit);
  }
};

TEST(UrlFor, FillsEveryKindOfWildcard) {
  struct Case {
    const char* pattern;
    values::UrlValues values;
    const char* url;
  };
  const Case cases[] = {
      {"/", {}, "/"},
      {"/a/b", {}, "/a/b"},
      {"/a b/:x", {{":x", "1"}}, "/a%20b/1"},
      {"/user/:id", {{":id", "7"}}, "/user/7"},
      {"/user/:id", {}, ""},
      {"/user/:id", {{":id", "a/b?"}}, "/user/a/b%3F"},
      {"/:a/x/:b", {{":b", "2"}, {":a", "1"}}, "/1/x/2"},
      {"/opt/?:o", {}, "/opt"},
      {"/opt/?:o", {{":o", "1"}}, "/opt/1"},
      {"/n/:id:int", {{":id", "42"}}, "/n/42"},
      {"/n/:id:int", {{":id", "x"}}, ""},
      {"/cms_:id([0-9]+)_:page(.+).html", {{":id", "1"}, {":page", "p"}}, "/cms_1_p.html"},
      {"/u/:v(a|b)", {{":v", "b"}}, "/u/b"},
      {"/read_:id:int\\.htm", {{":id", "5"}}, "/read_5.htm"},
      {"/f/*", {{":splat", "css/a.css"}}, "/f/css/a.css"},
      {"/:x/*", {{":x", "1"}, {":splat", "a/b"}}, "/1/a/b"},
      {"/d/*.*", {{":path", "a/b"}, {":ext", "txt"}}, "/d/a/b.txt"},
      {"/user/:id", {{":id", "7"}, {"q", "a b"}, {"r", "&"}}, "/user/7?q=a+b&r=%26"},
  };
  for (const Case& c : cases) {
    App app;
    app.router<Linked>(c.pattern, "get:Show");
    EXPECT_EQ(app.url_for("Linked.Show", c.values), c.url) << c.pattern;
  }
}

TEST(UrlFor, FindsTheMethod) {
  App app;
  Namespace api = app.make_namespace("/api/:v");
  api.router<Linked>("/edit/:id", "post:Edit");
  app.add_namespace(api);
  app.router<Linked>("/plain");
  app.get("/function", [](Context&) {});
  EXPECT_EQ(app.url_for("Linked.Edit", {{":v", "1"}, {":id", "2"}}), "/api/1/edit/2");
  EXPECT_EQ(app.url_for("controllers.Linked.Edit", {{":v", "1"}, {":id", "2"}}), "/api/1/edit/2");
  EXPECT_EQ(app.url_for("Linked.Get"), "/plain") << "a route without a mapping calls every HTTP method";
  for (const char* none : {"Linked.Show", "Other.Edit", "Linked", "", ".", "Linked."}) {
    EXPECT_EQ(app.url_for(none), "") << none;
  }
}

TEST(Registration, FilterChainsWrapEverything) {
  auto app = std::make_shared<App>();
  std::string trace;
  const auto chain = [&](std::string name) {
    return [&trace, name](HandlerFunction next) -> HandlerFunction {
      return [&trace, name, next](Context& context) {
        trace += name + " ";
        next(context);
        trace += name + "' ";
      };
    };
  };
  app->insert_filter_chain("/*", chain("outer"));
  app->insert_filter_chain("/elsewhere/*", chain("never"));
  app->insert_filter_chain("/*", chain("inner"));
  app->get("/", [&](Context&) { trace += "handler "; });
  Engine engine(app);
  testing::exchange(engine, "GET", "/");
  EXPECT_EQ(trace, "outer inner handler inner' outer' ");
}

}  // namespace
}  // namespace duel::beego

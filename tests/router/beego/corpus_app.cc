#include "tests/router/beego/corpus_app.h"

#include <stdexcept>

#include "tests/router/recorded/recorded.h"

namespace duel::beego::testing {
namespace {

using nlohmann::json;
using Shared = std::shared_ptr<Observation>;

// The base of controllers that record which method ran for which route.
class Reporter : public Controller {
 public:
  Reporter(Shared observation, std::string id) : observation_(std::move(observation)), id_(std::move(id)) {}

 protected:
  void report(std::string method) {
    observation_->record(context(), id_);
    output().write("h" + id_ + "." + method);
    observation_->method = std::move(method);
  }

 private:
  Shared observation_;
  std::string id_;
};

class Full : public Reporter {
 public:
  using Reporter::Reporter;
  void get() override { report("Get"); }
  void post() override { report("Post"); }
  void put() override { report("Put"); }
  void del() override { report("Delete"); }
  void head() override { report("Head"); }
  void patch() override { report("Patch"); }
  void options() override { report("Options"); }
  void both() { report("Both"); }
  void any() { report("Any"); }
  void list() { report("List"); }
  void show() { report("Show"); }
};

class Bare : public Reporter {
 public:
  using Reporter::Reporter;
  void get() override { report("Get"); }
  void any() { report("Any"); }
};

class Object : public Reporter {
 public:
  using Reporter::Reporter;
  void get() override { report("Get"); }
  void list() { report("List"); }
  void page() { report("Page"); }
  void my_ext() { report("MyExt"); }
  void params() { report("Params"); }
};

class UserProfile : public Reporter {
 public:
  using Reporter::Reporter;
  void index() { report("Index"); }
  void get_all() { report("GetAll"); }
};

class Plain : public Reporter {
 public:
  using Reporter::Reporter;
  void show() { report("Show"); }
  void list() { report("List"); }
};

template <typename C>
ControllerClass reporting(std::string name, const Shared& observation, const std::string& id) {
  return ControllerClass::of<C>(std::move(name), [=] { return std::make_unique<C>(observation, id); });
}

ControllerClass controller_class(const std::string& type, const Shared& observation, const std::string& id) {
  if (type == "Full") {
    return reporting<Full>("Full" + id, observation, id)
        .method("Both", &Full::both)
        .method("Any", &Full::any)
        .method("List", &Full::list)
        .method("Show", &Full::show);
  }
  if (type == "Bare") return reporting<Bare>("Bare" + id, observation, id).method("Any", &Bare::any);
  if (type == "Object") {
    return reporting<Object>("ObjectController", observation, type)
        .method("List", &Object::list)
        .method("Page", &Object::page)
        .method("MyExt", &Object::my_ext)
        .method("Params", &Object::params);
  }
  if (type == "UserProfile") {
    return reporting<UserProfile>("UserProfileController", observation, type)
        .method("Index", &UserProfile::index)
        .method("GetAll", &UserProfile::get_all);
  }
  if (type == "Plain") {
    return reporting<Plain>("Plain", observation, type).method("Show", &Plain::show).method("List", &Plain::list);
  }
  throw std::runtime_error("no such controller type: " + type);
}

class PlainHandler : public http::Handler {
 public:
  PlainHandler(Shared observation, std::string id) : observation_(std::move(observation)), id_(std::move(id)) {}
  void handle(const http::Request&, http::Response& response) override {
    observation_->route = id_;
    observation_->trace.push_back("h" + id_);
    response.end("h" + id_);
  }

 private:
  Shared observation_;
  std::string id_;
};

HandlerFunction route_function(const Shared& observation, const std::string& id, const std::string& writes) {
  return [=](Context& context) {
    observation->record(context, id);
    if (writes.empty()) context.write_string("h" + id);
    if (writes == "status") context.output.set_status(201);
  };
}

HandlerFunction tracing(const Shared& observation, const std::string& name) {
  return [=](Context&) { observation->trace.push_back(name); };
}

HandlerFunction filter_function(const Shared& observation, const std::string& name, const std::string& act) {
  return [=](Context& context) {
    observation->trace.push_back(name);
    if (act == "write") context.write_string("F" + name);
    if (act == "status") context.output.set_status(202);
    if (act == "header_status") context.output.write_header(418);
    if (act == "setparam") context.input.params().set(":id", "from-" + name);
    if (act.starts_with("rewrite:")) context.input.set_url(act.substr(8));
    if (act == "redirect") context.redirect(302, "/login");
    if (act == "abort") context.abort(401, "401");
    if (act == "panic") throw std::runtime_error("the filter throws");
  };
}

FilterChain filter_chain(const Shared& observation, const std::string& name, const std::string& act) {
  return [=](HandlerFunction next) -> HandlerFunction {
    return [=](Context& context) {
      observation->trace.push_back(name);
      if (act == "stop") return;
      if (act == "write") context.write_string("C" + name);
      next(context);
      observation->trace.push_back(name + "'");
    };
  };
}

class Builder {
 public:
  Builder(App& app, Shared observation, std::vector<std::string>& wrong)
      : app_(app), observation_(std::move(observation)), wrong_(wrong) {}

  void add_routes(RouteTable& table, const json& routes, const std::string& parent) {
    size_t number = 0;
    for (const json& route : routes) {
      const std::string id = parent + std::to_string(number++);
      std::string refused;
      try {
        add_route(table, route, id);
      } catch (const routing::RouteError& error) {
        refused = error.what();
      }
      if (refused.empty() != !route.contains("panic")) {
        wrong_.push_back("route " + id + (refused.empty() ? ": not refused" : ": refused: " + refused));
      }
    }
  }

 private:
  void add_route(RouteTable& table, const json& route, const std::string& id) {
    const std::string kind = route.at("k");
    const std::string pattern = route.contains("p") ? recorded::read_text(route["p"]) : "";
    if (kind == "func") {
      table.add_method(route.value("m", ""), pattern, route_function(observation_, id, route.value("w", "")));
    } else if (kind == "ctrl") {
      table.router(pattern, controller_class(route.at("c"), observation_, id), route.value("map", ""));
    } else if (kind == "auto") {
      table.auto_prefix(pattern.empty() ? "/" : pattern, controller_class(route.at("c"), observation_, id));
    } else if (kind == "handler") {
      table.handler(pattern, std::make_shared<PlainHandler>(observation_, id), route.value("all", false));
    } else if (kind == "ns") {
      add_namespace(table, route, pattern, id);
    } else {
      throw std::runtime_error("no such kind of route: " + kind);
    }
  }

  void add_namespace(RouteTable& table, const json& route, const std::string& prefix, const std::string& id) {
    Namespace inner = app_.make_namespace(prefix);
    for (const json& name : route.value("before", json::array())) inner.before(tracing(observation_, name));
    for (const json& name : route.value("after", json::array())) inner.after(tracing(observation_, name));
    if (route.contains("cond")) {
      inner.condition([observation = observation_, id, holds = route["cond"].get<bool>()](Context&) {
        observation->trace.push_back("cond:" + id);
        return holds;
      });
    }
    add_routes(inner, route.at("routes"), id + ".");
    table.add_namespace(inner);
  }

  App& app_;
  Shared observation_;
  std::vector<std::string>& wrong_;
};

void add_filters(App& app, const json& recorded, const Shared& observation) {
  for (const json& filter : recorded.value("filters", json::array())) {
    const int position = filter.at("pos");
    if (position < 0 || position >= static_cast<int>(kFilterPositionCount))
      continue;  // FilterPosition has no such value
    app.insert_filter(recorded::read_text(filter.at("pattern")), static_cast<FilterPosition>(position),
                      filter_function(observation, filter.at("name"), filter.at("act")),
                      {.return_on_output = filter.value("roo", true), .reset_params = filter.value("reset", false)});
  }
  for (const json& chain : recorded.value("chains", json::array())) {
    app.insert_filter_chain(recorded::read_text(chain.at("pattern")),
                            filter_chain(observation, chain.at("name"), chain.at("act")));
  }
}

}  // namespace

void Observation::record(Context& context, std::string id) {
  trace.push_back("h" + id);
  route = std::move(id);
  params.emplace();
  for (const auto& [name, value] : context.input.params().table()) params->emplace(name, value);
  const std::any* reported = context.input.get_data("RouterPattern");
  if (reported != nullptr) pattern = std::any_cast<std::string>(*reported);
}

std::shared_ptr<const App> build_corpus_app(const json& recorded, const Shared& observation,
                                            std::vector<std::string>& wrong) {
  const json options = recorded.value("opts", json::object());
  auto app = std::make_shared<App>(AppOptions{
      .router_case_sensitive = options.value("RouterCaseSensitive", true), .panic_log = nullptr, .auto_render = false});
  for (const int code : {401, 402, 403, 404, 405, 413, 417, 422, 500, 501, 502, 503, 504}) {
    const std::string page = "E" + std::to_string(code);
    app->error_handler(std::to_string(code), [page](Context& context) { context.write_string(page); });
  }
  add_filters(*app, recorded, observation);
  Builder(*app, observation, wrong).add_routes(*app, recorded.at("routes"), "");
  return app;
}

}  // namespace duel::beego::testing

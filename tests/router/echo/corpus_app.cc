#include "tests/router/echo/corpus_app.h"

#include <map>

#include "router/echo/middleware/method_override.h"
#include "router/echo/middleware/slash.h"
#include "tests/router/recorded/recorded.h"

namespace duel::echo::testing {
namespace {

using nlohmann::json;
using recorded::read_text;
using Seen = std::shared_ptr<Observation>;

// What a handler does, by the key `w` of its route.
Error answer(const std::string& what, size_t id, Context& context) {
  const std::string name = "h" + std::to_string(id);
  static const std::map<std::string, std::function<Error(Context&, const std::string&, int)>> kAnswers = {
      {"", [](Context& c, const std::string& h, int) { return c.string(200, h); }},
      {"none", [](Context&, const std::string&, int) { return Error(); }},
      {"nocontent", [](Context& c, const std::string&, int) { return c.no_content(204); }},
      {"json",
       [](Context& c, const std::string&, int i) {
         return c.json(201, Value::Map{{"h", i}});
       }},
      {"redirect", [](Context& c, const std::string&, int) { return c.redirect(302, "/login"); }},
      {"badredirect", [](Context& c, const std::string&, int) { return c.redirect(299, "/login"); }},
      {"err", [](Context&, const std::string& h, int) { return error(h); }},
      {"http", [](Context&, const std::string& h, int) { return http_error(418, Value(h)); }},
      {"http_default", [](Context&, const std::string&, int) { return http_error(402); }},
      {"http_map",
       [](Context&, const std::string&, int i) {
         return http_error(409, Value(Value::Map{{"code", i}, {"why", "<no>"}}));
       }},
      {"http_error", [](Context&, const std::string& h, int) { return http_error(410, error(h)); }},
      {"http_number", [](Context&, const std::string&, int) { return http_error(411, Value(7)); }},
      {"http_inner", [](Context&, const std::string&,
                        int) { return http_error(400, Value("outer"), http_error(409, Value("inner"))); }},
      {"http_inner_plain",
       [](Context&, const std::string&, int) { return http_error(400, Value("outer"), error("inner")); }},
      {"wrapped", [](Context&, const std::string&,
                     int) { return error("wrapped: " + forbidden_error()->text(), forbidden_error()); }},
      {"write_err",
       [](Context& c, const std::string& h, int) {
         c.string(200, h);
         return forbidden_error();
       }},
      {"status_err",
       [](Context& c, const std::string& h, int) {
         c.response().status = 203;
         return error(h);
       }},
      {"notfound", [](Context&, const std::string&, int) { return not_found_error(); }},
      {"notallowed", [](Context&, const std::string&, int) { return method_not_allowed_error(); }},
  };
  return kAnswers.at(what)(context, name, static_cast<int>(id));
}

HandlerFunc handler_of(const json& route, size_t id, const Seen& seen) {
  return [what = route.value("w", ""), id, seen](Context& context) {
    seen->route = id;
    seen->trace.push_back("h" + std::to_string(id));
    return answer(what, id, context);
  };
}

// Changes the request, for the middleware that then runs the rest. Returns false if `act` is another one.
bool change_request(const std::string& act, Context& context) {
  const size_t colon = std::min(act.find(':'), act.size());
  const std::string what = act.substr(0, colon);
  const std::string to = act.substr(std::min(colon + 1, act.size()));
  Request& request = context.request();
  if (what == "rewrite") {
    request.url.path = to;
    request.url.raw_path.clear();
  } else if (what == "rawpath") {
    request.url.raw_path = to;
  } else if (what == "method") {
    request.method = to;
  } else if (what == "host") {
    request.host = to;
  } else {
    return false;
  }
  return true;
}

// `next` runs the rest. `rest` does so, too, and leaves name' in the trace, which leave() does alone.
struct Rest {
  const HandlerFunc& next;
  std::function<void()> leave;

  Error operator()(Context& context) const {
    Error found = next(context);
    leave();
    return found;
  }
};

Error act_on(const std::string& act, const std::string& name, Context& context, const Rest& rest) {
  if (act == "next" || change_request(act, context)) return rest(context);
  if (act == "stop") return nullptr;
  if (act == "stop_status") return context.no_content(403);
  if (act == "write") return context.string(418, name);
  if (act == "write_next") {
    context.string(202, name);
    return rest(context);
  }
  if (act == "err") return error(name);
  if (act == "http_err") return http_error(401, Value(name));
  if (act == "http_plain") return forbidden_error();
  if (act == "next_err") {
    rest(context);
    return http_error(409, Value(name));
  }
  if (act == "swallow") {
    rest(context);
    return nullptr;
  }
  if (act == "catch" || act == "catch_pass") {
    const Error found = rest.next(context);
    if (found != nullptr) context.error(found);
    rest.leave();
    return act == "catch" ? nullptr : found;
  }
  if (act == "replace") {
    const Error found = rest(context);
    return found == nullptr ? nullptr : context.string(299, name);
  }
  if (act == "twice") {
    rest(context);
    return rest.next(context);
  }
  if (act.starts_with("redirect:")) return context.redirect(302, act.substr(9));
  if (act == "notfound") return not_found_error();
  throw std::runtime_error("unknown middleware " + act);
}

// The framework's own middleware; null for another one.
MiddlewareFunc own_middleware(const std::string& act) {
  const size_t colon = std::min(act.find(':'), act.size());
  const int code = colon == act.size() ? 0 : std::stoi(act.substr(colon + 1));
  if (act.starts_with("addslash")) return middleware::add_trailing_slash(code);
  if (act.starts_with("rmslash")) return middleware::remove_trailing_slash(code);
  return act == "override" ? middleware::method_override() : MiddlewareFunc();
}

MiddlewareFunc middleware_of(const json& entry, const Seen& seen) {
  const std::string name = entry.at("name");
  const std::string act = entry.at("act");
  if (act.starts_with("addslash") || act.starts_with("rmslash") || act == "override") {
    return [name, own = own_middleware(act), seen](HandlerFunc next) -> HandlerFunc {
      return [name, handler = own(std::move(next)), seen](Context& context) {
        seen->trace.push_back(name);
        Error found = handler(context);
        seen->trace.push_back(name + "'");
        return found;
      };
    };
  }
  return [name, act, seen](HandlerFunc next) -> HandlerFunc {
    return [name, act, seen, next = std::move(next)](Context& context) {
      seen->trace.push_back(name);
      return act_on(act, name, context, {next, [&] { seen->trace.push_back(name + "'"); }});
    };
  };
}

Middleware all_of(const json& entries, const Seen& seen) {
  Middleware all;
  for (const json& entry : entries) all.push_back(middleware_of(entry, seen));
  return all;
}

// The groups of a case, made when they are first named.
class Groups {
 public:
  Groups(Echo& echo, const json& recorded, Seen seen)
      : echo_(echo), middleware_(recorded.value("groupMW", json::object())), seen_(std::move(seen)) {}

  Group& named(const std::string& name) {
    const auto found = groups_.find(name);
    if (found != groups_.end()) return found->second;
    return groups_.emplace(name, make(name)).first->second;
  }
  void host_again(const std::string& name) { groups_.insert_or_assign(name, make(name)); }

 private:
  Group make(const std::string& name) {
    const Middleware middleware = all_of(middleware_.value(name, json::array()), seen_);
    const size_t bar = name.rfind('|');
    if (bar != std::string::npos) return named(name.substr(0, bar)).group(name.substr(bar + 1), middleware);
    return name.starts_with('@') ? echo_.host(name.substr(1), middleware) : echo_.group(name, middleware);
  }

  Echo& echo_;
  json middleware_;
  Seen seen_;
  std::map<std::string, Group> groups_;
};

void add_route(Routes& to, const json& route, size_t id, const Seen& seen) {
  const std::string pattern = read_text(route.at("p"));
  const HandlerFunc handler = handler_of(route, id, seen);
  const Middleware middleware = all_of(route.value("mw", json::array()), seen);
  if (route.contains("ms")) {
    for (const json& method : route["ms"]) to.add(read_text(method), pattern, handler, middleware);
    return;
  }
  const std::string method = read_text(route.at("m"));
  if (method == "ANY") {
    to.any(pattern, handler, middleware);
  } else if (method == "NOTFOUND") {
    to.route_not_found(pattern, handler, middleware);
  } else {
    to.add(method, pattern, handler, middleware);
  }
}

void set_error_handler(Echo& echo, const std::string& kind, const Seen& seen) {
  if (kind == "silent") {
    echo.error_handler = [seen](const Error&, Context&) { seen->trace.emplace_back("E"); };
  } else if (kind == "text") {
    echo.error_handler = [seen](const Error& found, Context& context) {
      seen->trace.emplace_back("E");
      if (context.response().committed()) return;
      const HttpError* const http = find_http_error(found);
      context.string(http == nullptr ? 500 : http->code(), "E:" + found->text());
    };
  }
}

// Notes what the framework reports when routing is done.
MiddlewareFunc note_route(const Seen& seen) {
  return [seen](HandlerFunc next) -> HandlerFunc {
    return [seen, next = std::move(next)](Context& context) {
      seen->pattern = context.path();
      seen->host = context.request().host;
      for (size_t i = 0; i < context.param_values().size(); ++i) {
        seen->values.push_back({context.param_names()[i], std::string(context.param_values()[i])});
      }
      return next(context);
    };
  };
}

}  // namespace

std::shared_ptr<const Echo> build_corpus_app(const json& recorded, const Seen& seen) {
  const json options = recorded.value("opts", json::object());
  auto echo = std::make_shared<Echo>(Options{.debug = options.value("Debug", false)});
  set_error_handler(*echo, options.value("ErrorHandler", ""), seen);
  for (const MiddlewareFunc& each : all_of(recorded.value("pre", json::array()), seen)) echo->pre(each);
  echo->use(note_route(seen));
  for (const MiddlewareFunc& each : all_of(recorded.value("use", json::array()), seen)) echo->use(each);
  Groups groups(*echo, recorded, seen);
  const json& routes = recorded.at("routes");
  for (size_t id = 0; id < routes.size(); ++id) {
    const json& route = routes[id];
    const std::string group = route.value("g", "");
    const std::string kind = route.value("k", "");
    if (kind == "use") {
      groups.named(group).use(all_of(route.at("mw"), seen));
    } else if (kind == "host") {
      groups.host_again(group);
    } else if (group.empty()) {
      add_route(*echo, route, id, seen);
    } else {
      add_route(groups.named(group), route, id, seen);
    }
  }
  for (const MiddlewareFunc& each : all_of(recorded.value("useLate", json::array()), seen)) echo->use(each);
  return echo;
}

}  // namespace duel::echo::testing

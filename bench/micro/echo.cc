#include "router/echo/echo.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/micro/requests.h"
#include "bench/micro/styles.h"
#include "router/echo/engine.h"
#include "router/echo/routing/tree.h"

namespace duel::bench {
namespace {

echo::Error answer_pattern(echo::Context& context) {
  return context.string(200, context.path());
}
echo::Error answer_id(echo::Context& context) {
  return context.string(200, context.param("id"));
}
echo::Error answer_fifth(echo::Context& context) {
  return context.string(200, context.param("e"));
}
echo::Error answer_file(echo::Context& context) {
  return context.string(200, context.param("*"));
}
echo::Error answer_text(echo::Context& context) {
  return context.string(200, "pong");
}
echo::Error answer_json(echo::Context& context) {
  return context.json(200, echo::Value::Map{{"message", "pong"}});
}

// The pattern in Echo's syntax, where the rest of a path has no name.
std::string echo_pattern(std::string_view pattern) {
  const size_t star = pattern.find('*');
  return std::string(star == std::string_view::npos ? pattern : pattern.substr(0, star + 1));
}

// As in a request, all lookups use the values of one context.
struct Lookups {
  explicit Lookups(std::span<const Case> routes) {
    for (size_t i = 0; i < routes.size(); ++i) {
      tree.add(http::method_name(routes[i].method), echo_pattern(routes[i].pattern), i);
    }
    values.resize(tree.max_params());
  }

  const echo::routing::Route* find(const Case& asked) {
    const auto found = tree.find(http::method_name(asked.method), asked.path, values);
    benchmark::DoNotOptimize(values.data());
    benchmark::ClobberMemory();
    return found.route;
  }

  echo::routing::Tree tree;
  std::vector<std::string_view> values;
};

void add_lookups(const std::string& name, std::span<const Case> routes, std::span<const Case> cases) {
  // Shared, because Google Benchmark copies the function.
  const auto lookups = std::make_shared<Lookups>(routes);
  for (const Case& asked : cases) {
    const std::string expected = echo_pattern(asked.pattern);
    const echo::routing::Route* const route = lookups->find(asked);
    const std::string found = route == nullptr ? "" : route->pattern;
    const bool same_method = route == nullptr || route->method == http::method_name(asked.method);
    if (found != expected || !same_method) fail(name, asked.path, expected, found);
  }
  add_benchmark(name, cases.size(), [lookups, cases](size_t i) { benchmark::DoNotOptimize(lookups->find(cases[i])); });
}

template <class Expected>
void add_requests(const std::string& name, std::span<const Case> routes, std::span<const Case> cases,
                  const echo::HandlerFunc& answer, const Expected& expected) {
  const auto app = std::make_shared<echo::Echo>();
  for (const Case& route : routes) app->add(http::method_name(route.method), echo_pattern(route.pattern), answer);
  app->error_handler = [](const echo::Error&, echo::Context& context) { context.no_content(404); };
  add_request_benchmark(name, std::make_unique<echo::Engine>(app), cases, expected);
}

template <class Expected>
void add_both(const std::string& set, std::span<const Case> routes, std::span<const Case> cases,
              const echo::HandlerFunc& answer, const Expected& expected) {
  add_lookups(set + "/echo/lookup", routes, cases);
  add_requests(set + "/echo/request", routes, cases, answer, expected);
}

}  // namespace

void add_echo_benchmarks() {
  const auto pattern = [](const Case& asked) { return echo_pattern(asked.pattern); };
  const auto text = [](std::string_view body) { return [body](const Case&) { return body; }; };
  add_both("github", kGithub, kGithub, answer_pattern, pattern);
  add_both("static", kStatic, kStatic, answer_pattern, pattern);
  add_both("gplus", kGplus, kGplus, answer_pattern, pattern);
  add_both("parse", kParse, kParse, answer_pattern, pattern);
  add_both("one_param", kOneParam, kOneParam, answer_id, text("12345"));
  add_both("five_params", kFiveParams, kFiveParams, answer_fifth, text("test"));
  add_both("catch_all", kCatchAll, kCatchAll, answer_file, text("js/app/vendor.min.js"));
  add_both("miss", kGithub, kMisses, answer_pattern, text(""));
  add_requests("text/echo/request", kText, kText, answer_text, text("pong"));
  add_requests("json/echo/request", kJson, kJson, answer_json, text("{\"message\":\"pong\"}\n"));
}

}  // namespace duel::bench

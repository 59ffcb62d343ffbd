#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bench/micro/requests.h"
#include "bench/micro/styles.h"
#include "router/gin/engine.h"
#include "router/gin/router.h"

namespace duel::bench {
namespace {

template <size_t kSize>
struct Endpoints {
  gin::Endpoint list[kSize];
};

template <size_t kSize>
constexpr Endpoints<kSize> endpoints(const Case (&cases)[kSize]) {
  Endpoints<kSize> all{};
  for (size_t i = 0; i < kSize; ++i) all.list[i] = {http::method_name(cases[i].method), cases[i].pattern};
  return all;
}

void answer_pattern(gin::Context& context) {
  context.string(200, context.full_path());
}
void answer_id(gin::Context& context) {
  context.string(200, context.param("id"));
}
void answer_fifth(gin::Context& context) {
  context.string(200, context.param("e"));
}
void answer_file(gin::Context& context) {
  context.string(200, context.param("filepath"));
}
void answer_text(gin::Context& context) {
  context.string(200, "pong");
}
void answer_json(gin::Context& context) {
  context.json(200, gin::H{{"message", "pong"}});
}

// An application with one route per case, in the order of the cases, so that a route and its case have the same index.
template <const auto& kCases, gin::Handler kAnswer>
struct Style {
  static constexpr auto kEndpoints = endpoints(kCases);
  static constexpr auto kApp = gin::router(gin::all(kEndpoints.list, kAnswer));
  using Router = gin::Router<kApp>;
  using Engine = gin::Engine<kApp>;
};

template <class Router>
int find(const Case& asked) {
  gin::Param params[gin::kMaxParams];
  const int route = Router::find(asked.method, {}, asked.path, params);
  benchmark::DoNotOptimize(&params);
  benchmark::ClobberMemory();
  return route;
}

template <class Router>
void check_lookups(const std::string& name, std::span<const Case> cases) {
  for (size_t i = 0; i < cases.size(); ++i) {
    const int expected = cases[i].pattern.empty() ? gin::kNone : static_cast<int>(i);
    const int found = find<Router>(cases[i]);
    if (found == expected) continue;
    fail(name, cases[i].path, cases[i].pattern, found == gin::kNone ? "no route" : Router::pattern(found));
  }
}

template <class Engine, class Expected>
void add_requests(const std::string& set, std::span<const Case> cases, const Expected& expected) {
  add_request_benchmark(set + "/gin/request", std::make_unique<Engine>(), cases, expected);
}

template <class Style, class Expected>
void add_both(const std::string& set, std::span<const Case> cases, const Expected& expected) {
  using Router = typename Style::Router;
  const std::string name = set + "/gin/lookup";
  check_lookups<Router>(name, cases);
  add_benchmark(name, cases.size(), [cases](size_t i) { benchmark::DoNotOptimize(find<Router>(cases[i])); });
  add_requests<typename Style::Engine>(set, cases, expected);
}

}  // namespace

void add_gin_benchmarks() {
  const auto pattern = [](const Case& asked) { return asked.pattern; };
  const auto text = [](std::string_view body) { return [body](const Case&) { return body; }; };
  add_both<Style<kGithub, answer_pattern>>("github", kGithub, pattern);
  add_both<Style<kStatic, answer_pattern>>("static", kStatic, pattern);
  add_both<Style<kGplus, answer_pattern>>("gplus", kGplus, pattern);
  add_both<Style<kParse, answer_pattern>>("parse", kParse, pattern);
  add_both<Style<kOneParam, answer_id>>("one_param", kOneParam, text("12345"));
  add_both<Style<kFiveParams, answer_fifth>>("five_params", kFiveParams, text("test"));
  add_both<Style<kCatchAll, answer_file>>("catch_all", kCatchAll, text("/js/app/vendor.min.js"));
  add_both<Style<kGithub, answer_pattern>>("miss", kMisses, pattern);
  add_requests<Style<kText, answer_text>::Engine>("text", kText, text("pong"));
  add_requests<Style<kJson, answer_json>::Engine>("json", kJson, text(R"({"message":"pong"})"));
}

}  // namespace duel::bench

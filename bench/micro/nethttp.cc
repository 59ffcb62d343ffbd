#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "bench/micro/requests.h"
#include "bench/micro/styles.h"
#include "router/nethttp/engine.h"
#include "router/nethttp/serve_mux.h"
#include "router/nethttp/serve_mux121.h"
#include "router/sets/go_pattern.h"

namespace duel::bench {
namespace {

using nethttp::Function;
using nethttp::Mux;
using nethttp::Request;
using nethttp::ResponseWriter;
using Mux121 = nethttp::ServeMux121;
using Mux122 = nethttp::ServeMux;

void answer_pattern(ResponseWriter& writer, Request& request) {
  writer.write(request.pattern);
}
void answer_id(ResponseWriter& writer, Request& request) {
  writer.write(request.path_value("id"));
}
void answer_fifth(ResponseWriter& writer, Request& request) {
  writer.write(request.path_value("e"));
}
void answer_file(ResponseWriter& writer, Request& request) {
  writer.write(request.path_value("filepath"));
}
void answer_text(ResponseWriter& writer, Request& /*request*/) {
  writer.write("pong");
}
void answer_json(ResponseWriter& writer, Request& /*request*/) {
  writer.header().set("Content-Type", "application/json");
  writer.write(R"({"message":"pong"})");
}

// The mux of Go 1.21 has neither methods nor parameters, so it gets only the sets without them.
std::string pattern_for(const Mux121&, const Case& route) {
  return std::string(route.pattern);
}
std::string pattern_for(const Mux122&, const Case& route) {
  if (route.pattern.empty()) return {};
  return std::string(http::method_name(route.method)) + " " + sets::go_pattern(route.pattern);
}

template <class Mux>
std::shared_ptr<const Mux> make_mux(std::span<const Case> routes, const Function& answer) {
  auto mux = std::make_shared<Mux>();
  for (const Case& route : routes) mux->handle_func(pattern_for(*mux, route), answer);
  return mux;
}

// Requests that exist before the lookup, as the server makes them. A lookup sets the pattern and the map of values,
// which are new in each request.
std::vector<Request> make_requests(std::span<const Case> cases) {
  std::vector<Request> requests(cases.size());
  for (size_t i = 0; i < cases.size(); ++i) {
    requests[i].method = http::method_name(cases[i].method);
    requests[i].url.path = cases[i].path;
    requests[i].host = "localhost";
  }
  return requests;
}

void look_up(const Mux& mux, Request& request) {
  request.pattern = {};
  request.path_values.clear();
  benchmark::DoNotOptimize(mux.find(request));
}

template <class Mux>
void add_lookups(const std::string& name, const std::shared_ptr<const Mux>& mux, std::span<const Case> cases) {
  const auto requests = std::make_shared<std::vector<Request>>(make_requests(cases));
  for (size_t i = 0; i < cases.size(); ++i) {
    Request& request = (*requests)[i];
    look_up(*mux, request);
    const std::string expected = pattern_for(*mux, cases[i]);
    if (request.pattern != expected) fail(name, cases[i].path, expected, request.pattern);
  }
  add_benchmark(name, cases.size(), [mux, requests](size_t i) { look_up(*mux, (*requests)[i]); });
}

template <class Mux, class Expected>
void add_requests(const std::string& name, const std::shared_ptr<const Mux>& mux, std::span<const Case> cases,
                  const Expected& expected) {
  add_request_benchmark(name, std::make_unique<nethttp::Engine>(mux), cases, expected);
}

template <class Mux, class Expected>
void add_both(const std::string& style, const std::string& set, std::span<const Case> cases, const Function& answer,
              const Expected& expected) {
  const std::shared_ptr<const Mux> mux = make_mux<Mux>(cases, answer);
  add_lookups(set + "/" + style + "/lookup", mux, cases);
  add_requests(set + "/" + style + "/request", mux, cases, expected);
}

constexpr auto kSays = [](std::string_view body) { return [body](const Case&) { return body; }; };

template <class Mux>
void add_of_both_muxes(const std::string& style) {
  const auto pattern = [](const Case& asked) { return pattern_for(Mux(), asked); };
  add_both<Mux>(style, "static", kStatic, answer_pattern, pattern);
  add_requests("text/" + style + "/request", make_mux<Mux>(kText, answer_text), kText, kSays("pong"));
  add_requests("json/" + style + "/request", make_mux<Mux>(kJson, answer_json), kJson, kSays(R"({"message":"pong"})"));
}

}  // namespace

void add_nethttp_benchmarks() {
  const std::string style = "nethttp122";
  const auto pattern = [](const Case& asked) { return pattern_for(Mux122(), asked); };
  add_of_both_muxes<Mux121>("nethttp121");
  add_of_both_muxes<Mux122>(style);
  add_both<Mux122>(style, "github", kGithub, answer_pattern, pattern);
  add_both<Mux122>(style, "gplus", kGplus, answer_pattern, pattern);
  add_both<Mux122>(style, "parse", kParse, answer_pattern, pattern);
  add_both<Mux122>(style, "one_param", kOneParam, answer_id, kSays("12345"));
  add_both<Mux122>(style, "five_params", kFiveParams, answer_fifth, kSays("test"));
  add_both<Mux122>(style, "catch_all", kCatchAll, answer_file, kSays("js/app/vendor.min.js"));
  // Lookups alone: a path that has only routes of other methods is 405 here.
  add_lookups("miss/" + style + "/lookup", make_mux<Mux122>(kGithub, answer_pattern), kMisses);
}

}  // namespace duel::bench

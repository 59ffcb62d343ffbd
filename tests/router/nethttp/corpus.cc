#include "tests/router/nethttp/corpus.h"

#include <memory>
#include <optional>
#include <vector>

#include "router/nethttp/engine.h"
#include "router/nethttp/serve_mux.h"
#include "router/nethttp/serve_mux121.h"
#include "tests/router/recorded/exchange.h"

namespace duel::nethttp::testing {
namespace {

using nlohmann::json;

// What the mux and the handler of a route saw.
struct Observation {
  std::optional<size_t> route;
  std::string pattern;
  std::string host;
  json values = json::array();
};

std::shared_ptr<Mux> make_mux(Version version) {
  if (version == Version::k121) return std::make_shared<ServeMux121>();
  return std::make_shared<ServeMux>();
}

// The names of the wildcards of a pattern, in order. The older mux has none.
std::vector<std::string> names_of(const std::string& pattern, Version version) {
  std::vector<std::string> names;
  if (version == Version::k121) return names;
  for (size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
    std::string name = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
    if (name == "$") continue;
    if (name.ends_with("...")) name.resize(name.size() - 3);
    names.push_back(name);
  }
  return names;
}

HandlerPtr handler_of(size_t route, const std::vector<std::string>& names, const std::shared_ptr<Observation>& seen) {
  return handler_func([route, names, seen](ResponseWriter& writer, Request& request) {
    seen->route = route;
    for (const std::string& name : names) seen->values.push_back({name, std::string(request.path_value(name))});
    writer.write("h" + std::to_string(route));
  });
}

// Registers the routes of a case. A refusal that is not as recorded is a difference.
void add_routes(Mux& mux, Version version, const json& recorded, const std::shared_ptr<Observation>& seen,
                recorded::Result& result) {
  std::vector<size_t> taken;
  const json& routes = recorded.at("routes");
  for (size_t i = 0; i < routes.size(); ++i) {
    const std::string pattern = recorded::read_text(routes[i].at("p"));
    json ours = nullptr;
    json with = json::array();
    try {
      mux.handle(pattern, handler_of(i, names_of(pattern, version), seen));
      taken.push_back(i);
    } catch (const PatternError& error) {
      ours = error.kind();
      for (const size_t number : error.with()) with.push_back(taken.at(number));
    }
    const json expected = routes[i].value("panic", json(nullptr));
    const bool any_refusal = expected == "runtime-error" && !ours.is_null();
    const bool same_with = !routes[i].contains("with") || routes[i]["with"] == with;
    if (any_refusal || (ours == expected && same_with)) continue;
    result.differences.push_back(recorded.value("id", "") + " route " + pattern + ": recorded: " + expected.dump() +
                                 " " + routes[i].value("with", json::array()).dump() + ", ours: " + ours.dump() + " " +
                                 with.dump());
  }
}

// Runs the mux as Engine does, and notes the pattern that it finds.
class Observed final : public Handler {
 public:
  Observed(std::shared_ptr<Mux> mux, std::shared_ptr<Observation> seen)
      : mux_(std::move(mux)), seen_(std::move(seen)) {}
  void serve_http(ResponseWriter& writer, Request& request) const override {
    mux_->serve_http(writer, request);
    seen_->pattern = request.pattern;
    seen_->host = request.host;
  }

 private:
  std::shared_ptr<Mux> mux_;
  std::shared_ptr<Observation> seen_;
};

json recorded_outcome(const json& request) {
  json outcome = recorded::members(request, {"s", "r", "pat", "loc", "allow", "reqhost", "body"});
  if (request.contains("ps") && !request["ps"].empty()) outcome["ps"] = recorded::with_bytes(request["ps"]);
  return outcome;
}

json our_outcome(const json& request, const Observation& seen, const recorded::Answer& answer) {
  json outcome = {{"s", answer.status}};
  if (seen.route) outcome["r"] = *seen.route;
  if (!seen.pattern.empty()) outcome["pat"] = seen.pattern;
  if (!seen.values.empty()) outcome["ps"] = seen.values;
  if (const std::string location = answer.field("Location"); !location.empty()) outcome["loc"] = location;
  if (const std::string allow = answer.field("Allow"); !allow.empty()) outcome["allow"] = allow;
  if (request.contains("reqhost")) outcome["reqhost"] = seen.host;
  const bool usual = seen.route && answer.body == "h" + std::to_string(*seen.route);
  if (request.contains("body") || (!usual && !answer.body.empty() && !request.contains("bad")))
    outcome["body"] = answer.body;
  return outcome;
}

void run_case(const json& recorded, Version version, recorded::Result& result) {
  auto seen = std::make_shared<Observation>();
  const std::shared_ptr<Mux> mux = make_mux(version);
  add_routes(*mux, version, recorded, seen, result);
  Engine engine(std::make_shared<Observed>(mux, seen));
  recorded::compare_requests(
      recorded.at("id"), recorded.value("reqs", json::array()), engine, result, [&] { *seen = {}; },
      [&](const json& request, const recorded::Answer& answer) -> recorded::Outcomes {
        return {recorded_outcome(request), our_outcome(request, *seen, answer)};
      });
}

}  // namespace

recorded::Result run_corpus(const std::filesystem::path& directory, Version version) {
  return recorded::run(
      directory, [version](const json& recorded, recorded::Result& result) { run_case(recorded, version, result); });
}

}  // namespace duel::nethttp::testing

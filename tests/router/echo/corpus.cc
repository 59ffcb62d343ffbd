#include "tests/router/echo/corpus.h"

#include <algorithm>

#include "router/echo/engine.h"
#include "tests/router/echo/corpus_app.h"

namespace duel::echo::testing {
namespace {

using nlohmann::json;

// The methods outside of the fixed ones are listed in no certain order by the original.
std::string sorted_allow(std::string allow) {
  std::vector<std::string> methods;
  for (size_t at = 0; at <= allow.size();) {
    const size_t end = std::min(allow.find(", ", at), allow.size());
    methods.push_back(allow.substr(at, end - at));
    at = end + 2;
  }
  std::sort(methods.begin(), methods.end());
  allow.clear();
  for (const std::string& method : methods) allow += method + " ";
  return allow;
}

json recorded_outcome(const json& request) {
  json outcome = recorded::members(request, {"s", "r", "full", "loc", "allow", "trace", "body", "reqhost"});
  if (request.contains("ps") && !request["ps"].empty()) outcome["ps"] = recorded::with_bytes(request["ps"]);
  if (request.value("anyorder", false)) outcome["allow"] = sorted_allow(outcome["allow"]);
  return outcome;
}

json our_outcome(const json& request, const Observation& seen, const recorded::Answer& answer) {
  json outcome = {{"s", answer.status}};
  if (seen.route) outcome["r"] = *seen.route;
  if (!seen.pattern.empty()) outcome["full"] = seen.pattern;
  if (!seen.values.empty()) outcome["ps"] = seen.values;
  if (const std::string location = answer.field("Location"); !location.empty()) outcome["loc"] = location;
  if (std::string allow = answer.field("Allow"); !allow.empty()) {
    allow.erase(allow.find_last_not_of(' ') + 1);  // as every client does
    outcome["allow"] = request.value("anyorder", false) ? sorted_allow(allow) : allow;
  }
  if (request.contains("trace")) outcome["trace"] = seen.trace;
  if (request.contains("reqhost")) outcome["reqhost"] = seen.host;
  const bool usual = seen.route && answer.body == "h" + std::to_string(*seen.route);
  const bool shown = !usual && !answer.body.empty() && !request.contains("bad");
  if (request.contains("body") || shown) outcome["body"] = answer.body;
  return outcome;
}

void run_case(const json& recorded, recorded::Result& result) {
  auto seen = std::make_shared<Observation>();
  Engine engine(build_corpus_app(recorded, seen));
  recorded::compare_requests(
      recorded.at("id"), recorded.value("reqs", json::array()), engine, result, [&] { *seen = {}; },
      [&](const json& request, const recorded::Answer& answer) -> recorded::Outcomes {
        return {recorded_outcome(request), our_outcome(request, *seen, answer)};
      });
}

}  // namespace

recorded::Result run_corpus(const std::filesystem::path& directory) {
  return recorded::run(directory, run_case);
}

}  // namespace duel::echo::testing

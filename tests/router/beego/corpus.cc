#include "tests/router/beego/corpus.h"

#include <memory>

#include "router/beego/engine.h"
#include "tests/router/beego/corpus_app.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego::testing {
namespace {

using nlohmann::json;

json recorded_outcome(const json& request) {
  return recorded::members(request, {"s", "r", "fn", "pat", "ps", "loc", "trace", "body"});
}

json our_outcome(const json& request, const Observation& observation, const Answer& answer) {
  json outcome = {{"s", answer.status}};
  if (observation.route) outcome["r"] = *observation.route;
  if (observation.method) outcome["fn"] = *observation.method;
  if (observation.pattern) outcome["pat"] = *observation.pattern;
  if (observation.params) outcome["ps"] = *observation.params;
  if (const std::string location = answer.field("Location"); !location.empty()) outcome["loc"] = location;
  if (request.contains("trace")) outcome["trace"] = observation.trace;
  // A response to HEAD has no body here, but the recording contains the body that the handler wrote.
  if (request.contains("body")) outcome["body"] = request["m"] == "HEAD" ? request["body"] : json(answer.body);
  return outcome;
}

void run_case(const json& recorded, recorded::Result& result) {
  const std::string id = recorded.at("id");
  auto observation = std::make_shared<Observation>();
  std::vector<std::string> wrong;
  Engine engine(build_corpus_app(recorded, observation, wrong));
  for (const std::string& registration : wrong) result.differences.push_back(id + " " + registration);
  recorded::compare_requests(
      id, recorded.at("reqs"), engine, result, [&] { *observation = {}; },
      [&](const json& request, const Answer& answer) -> recorded::Outcomes {
        return {recorded_outcome(request), our_outcome(request, *observation, answer)};
      });
}

}  // namespace

recorded::Result run_corpus(const std::filesystem::path& directory) {
  return recorded::run(directory, run_case);
}

}  // namespace duel::beego::testing

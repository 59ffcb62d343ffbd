#include "tests/router/beego/corpus.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "router/beego/engine.h"
#include "tests/router/beego/corpus_app.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego::testing {
namespace {

using nlohmann::json;

// A copy in which the decoded bytes replace every {"b64": ...}.
json with_bytes(const json& value) {
  if (value.is_object() && value.contains("b64")) return read_text(value);
  json copy = value;
  for (json& inner : copy) {
    if (inner.is_structured()) inner = with_bytes(inner);
  }
  return copy;
}

// The recorded outcome of a request, and the outcome here. The objects are equal if the outcomes agree.
json recorded_outcome(const json& request) {
  json outcome = json::object();
  for (const char* key : {"s", "r", "fn", "pat", "ps", "loc", "trace", "body"}) {
    if (request.contains(key)) outcome[key] = with_bytes(request[key]);
  }
  return outcome;
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

std::vector<std::pair<std::string, std::string>> fields_of(const json& request) {
  std::vector<std::pair<std::string, std::string>> fields;
  const json named = request.value("h", json::object());
  for (const auto& [name, value] : named.items()) {
    fields.emplace_back(name, read_text(value));
  }
  return fields;
}

void run_case(const json& recorded, CorpusResult& result) {
  const std::string id = recorded.at("id");
  auto observation = std::make_shared<Observation>();
  std::vector<std::string> wrong;
  Engine engine(build_corpus_app(recorded, observation, wrong));
  for (const std::string& registration : wrong) result.differences.push_back(id + " " + registration);
  for (const json& request : recorded.at("reqs")) {
    if (request.contains("panic")) {
      ++result.excused;
      continue;
    }
    const std::string method = read_text(request.at("m"));
    const std::string target = read_text(request.at("t"));
    *observation = {};
    const Answer answer = exchange(engine, FullRequest(method, target, fields_of(request)));
    const json expected = recorded_outcome(request);
    const json ours = our_outcome(request, *observation, answer);
    if (ours == expected) {
      ++result.agreed;
      continue;
    }
    const auto show = [](const json& outcome) { return outcome.dump(-1, ' ', true, json::error_handler_t::replace); };
    result.differences.push_back(id + " " + method + " " + target + "\n  recorded: " + show(expected) +
                                 "\n  ours:     " + show(ours));
  }
}

}  // namespace

CorpusResult run_corpus(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw std::runtime_error("no *.json file in " + directory.string());
  CorpusResult result;
  for (const auto& file : files) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) continue;
      const json recorded = json::parse(line);
      try {
        run_case(recorded, result);
      } catch (const std::exception& error) {  // a broken case must not hide the differences of other cases
        result.differences.push_back(recorded.value("id", "a case") + ": not compared: " + error.what());
      }
    }
  }
  return result;
}

}  // namespace duel::beego::testing

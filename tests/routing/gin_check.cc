#include "tests/routing/gin_check.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "tests/router/gin/exchange.h"
#include "tests/router/gin/routing/naive.h"
#include "tests/routing/gin_case.h"
#include "tests/routing/gin_original.h"

namespace duel::gin::routing {

std::vector<CompiledCase> all_cases();  // generated

namespace {

using Json = nlohmann::json;
using testing::Answer;

// The outcome of one request, recorded or ours, in a form that can be compared and printed.
struct Outcome {
  int status = 0;
  Sighting seen;
  std::string location;
  std::string body;
  // If set, the bodies are compared too. For HEAD only their sizes are compared, because the recording contains the
  // body, but HTTP does not send it.
  bool has_trace = false;

  bool redirects() const { return status == 301 || status == 307; }

  std::string text() const {
    std::string all = std::to_string(status);
    if (seen.route >= 0) all += " route " + std::to_string(seen.route) + " (" + seen.full + ")";
    for (const auto& [name, value] : seen.params) all += " " + name + "='" + value + "'";
    if (!location.empty()) all += " -> " + location;
    if (!has_trace) return all;
    all += " trace";
    for (const std::string& name : seen.trace) all += " " + name;
    return all + " body '" + body + "'";
  }
};

Outcome recorded_outcome(const Json& request) {
  Outcome outcome;
  outcome.status = request.at("s").get<int>();
  outcome.seen.route = request.value("r", -1);
  if (request.contains("full")) outcome.seen.full = text_of(request.at("full"));
  for (const Json& pair : request.value("ps", Json::array())) {
    outcome.seen.params.emplace_back(text_of(pair.at(0)), text_of(pair.at(1)));
  }
  if (request.contains("loc")) outcome.location = text_of(request.at("loc"));
  outcome.has_trace = request.contains("trace");
  if (outcome.has_trace) {
    outcome.seen.trace = request.at("trace").get<std::vector<std::string>>();
    outcome.body = text_of(request.at("body"));
    if (request.at("m") == "HEAD") outcome.body = std::to_string(outcome.body.size());
  }
  return outcome;
}

Outcome our_outcome(http::Handler& handler, const Json& request, bool has_trace) {
  std::vector<std::pair<std::string, std::string>> texts;
  const Json headers = request.value("h", Json::object());
  for (const auto& [name, value] : headers.items()) texts.emplace_back(name, text_of(value));
  const std::vector<testing::FieldText> fields(texts.begin(), texts.end());
  sighting = {};
  const Answer answer = testing::exchange(handler, text_of(request.at("m")), text_of(request.at("t")), fields);
  Outcome outcome;
  outcome.status = answer.status;
  outcome.location = answer.field("Location");
  outcome.seen = sighting;
  outcome.has_trace = has_trace;
  if (has_trace) {
    outcome.body = request.at("m") == "HEAD" ? answer.field("Content-Length") : answer.body;
  } else {
    outcome.seen.trace.clear();
  }
  return outcome;
}

// Compares the answers to all requests of one case.
class CaseCheck {
 public:
  CaseCheck(const Json& recorded, const CompiledCase& compiled, Result& result)
      : recorded_(recorded), original_(recorded), compiled_(compiled), result_(result) {}

  void run() {
    check_refusals();
    const auto handler = compiled_.make();
    size_t index = 0;
    for (const Json& request : recorded_.at("reqs")) {
      const std::string id = std::string(compiled_.id) + "#" + std::to_string(index++);
      if (handler == nullptr) {
        result_.differences.push_back(id + ": the application is refused");
      } else {
        compare(*handler, request, id);
      }
    }
  }

 private:
  void check_refusals() {
    size_t refused = 0;
    for (const Json& route : recorded_.at("routes")) refused += route.contains("panic");
    if (compiled_.refusals_agree) {
      result_.refusals_agreed += refused;
    } else {
      result_.differences.push_back(std::string(compiled_.id) + ": the refused routes or their reasons differ");
    }
  }

  void compare(http::Handler& handler, const Json& request, const std::string& id) {
    const Outcome theirs = recorded_outcome(request);
    const Outcome ours = our_outcome(handler, request, theirs.has_trace);
    if (ours.text() == theirs.text()) {
      ++result_.agreed;
    } else if (const auto why = excuse(request, theirs, ours)) {
      result_.excused[*why].push_back(id);
    } else {
      result_.differences.push_back(id + " " + text_of(request.at("m")) + " " + text_of(request.at("t")) +
                                    "\n  recorded: " + theirs.text() + "\n  ours:     " + ours.text());
    }
  }

  // Returns the reason why the recorded outcome does not count. Ours must then be right according to the naive matcher.
  std::optional<std::string> excuse(const Json& request, const Outcome& theirs, const Outcome& ours) const {
    if (request.value("bad", false) || !is_right(request, ours)) return std::nullopt;
    if (request.contains("panic")) return "crashed";
    const std::string method = text_of(request.at("m"));
    const std::string path = original_.matched_path(request);
    if (original_.find(method, path)) return theirs.seen.route < 0 ? std::optional("missed a route") : std::nullopt;
    if (theirs.redirects() && !original_.leads_to_route(method, theirs.location, request))
      return "redirected to nothing";
    if (theirs.status == 404 && ours.status == 405) return "missed another method's route";
    return std::nullopt;
  }

  // A route found by a complete search must be served with its parameters. A redirect must lead to a route at the same
  // place. 405 and 404 must be used correctly. A redirect is never required.
  bool is_right(const Json& request, const Outcome& ours) const {
    const std::string method = text_of(request.at("m"));
    const std::string path = original_.matched_path(request);
    if (const auto found = original_.find(method, path)) {
      return ours.seen.route == found->route && ours.seen.params == original_.values_seen(found->params, request);
    }
    if (ours.seen.route >= 0) return false;
    if (ours.redirects()) {
      return (ours.status == 301) == (method == "GET") && original_.leads_to_route(method, ours.location, request) &&
             is_same_place(ours.location, request);
    }
    if (runs_middleware_on_a_miss()) return true;  // the middleware chooses the status
    const bool other = original_.option("HandleMethodNotAllowed", false) && original_.other_method_has(method, path);
    return ours.status == (other ? 405 : 404);
  }

  bool runs_middleware_on_a_miss() const {
    const auto has = [&](const char* key) { return !recorded_.value(key, Json::array()).empty(); };
    return has("use") || has("useLate") || has("noRoute") || has("noMethod");
  }

  // Whether the target of the redirect equals the requested path, except for letter case, a trailing slash and
  // cleaning.
  static bool is_same_place(std::string_view location, const Json& request) {
    if (request.contains("h")) return true;  // the proxy adds a prefix
    const std::string asked = in_small_letters(clean(text_of(request.at("path"))));
    const std::string given = in_small_letters(clean(percent_decode(location.substr(0, location.find('?')))));
    return given == asked || given == with_other_end(asked);
  }

  const Json& recorded_;
  Original original_;
  const CompiledCase& compiled_;
  Result& result_;
};

}  // namespace

size_t Result::excused_count() const {
  size_t count = 0;
  for (const auto& [why, ids] : excused) count += ids.size();
  return count;
}

Result check(const std::string& folder) {
  std::map<std::string_view, CompiledCase> compiled;
  const std::vector<CompiledCase> cases = all_cases();
  for (const CompiledCase& one : cases) compiled.emplace(one.id, one);
  Result result;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.empty()) continue;
      const Json recorded = Json::parse(line);
      const auto found = compiled.find(recorded.at("id").get<std::string>());
      if (found == compiled.end()) throw std::runtime_error("not compiled in: " + recorded.at("id").get<std::string>());
      try {
        CaseCheck(recorded, found->second, result).run();
      } catch (const std::exception& error) {  // an error in one case must not hide the results of the others
        result.differences.push_back(recorded.at("id").get<std::string>() + ": not compared: " + error.what());
      }
    }
  }
  return result;
}

}  // namespace duel::gin::routing

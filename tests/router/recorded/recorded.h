#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "http/handler.h"
#include "tests/router/recorded/exchange.h"

namespace duel::recorded {

// The result of a comparison with recorded cases (tests/data/routing/FORMAT.md).
struct Result {
  size_t agreed = 0;
  size_t excused = 0;  // requests on which the original crashed
  std::vector<std::string> differences;

  // Counts a request, or keeps the difference of its outcomes.
  void compare(const std::string& id, const std::string& method, const std::string& target,
               const nlohmann::json& recorded, const nlohmann::json& ours);
};

// Calls run_case() for each case of each *.json file below `directory`. An exception of a case is a difference. Throws
// std::runtime_error if there is no such file or a file is not of the format.
Result run(const std::filesystem::path& directory, const std::function<void(const nlohmann::json&, Result&)>& run_case);

// A string of the format: text, or {"b64": ...} for bytes that are not valid UTF-8.
std::string read_text(const nlohmann::json& value);
// A copy in which the decoded bytes replace every {"b64": ...}.
nlohmann::json with_bytes(const nlohmann::json& value);
// The fields `h` of a request, and its `host` as the field Host.
std::vector<std::pair<std::string, std::string>> fields_of(const nlohmann::json& request);

// The members of a recorded request that have these names, with decoded bytes.
nlohmann::json members(const nlohmann::json& request, std::initializer_list<const char*> names);

// What the recording and the style here have of a request. They are equal if the outcomes agree.
struct Outcomes {
  nlohmann::json recorded;
  nlohmann::json ours;
};

// Sends each of `requests` to the handler and compares the outcomes. A request on which the original crashed is
// excused. before() is called before each request, outcomes() after it.
void compare_requests(const std::string& id, const nlohmann::json& requests, http::Handler& handler, Result& result,
                      const std::function<void()>& before,
                      const std::function<Outcomes(const nlohmann::json& request, const Answer& answer)>& outcomes);

// The main function of a program "NAME DIR": prints each difference, the number of excused
// requests by class, then "N agreed, M differ, K excused". Exit status
// 0: no difference; 1: at least one; 2: DIR cannot be read.
int check(int argc, char** argv, const char* name, const std::function<Result(const std::filesystem::path&)>& run);

}  // namespace duel::recorded

#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "router/echo/echo.h"

namespace duel::echo::testing {

// What the handlers of a recorded case saw in one request.
struct Observation {
  std::optional<size_t> route;
  std::vector<std::string> trace;
  std::string pattern;
  nlohmann::json values = nlohmann::json::array();
  std::string host;
};

// The application of a case (tests/data/routing/FORMAT.md). Its handlers write to `seen`.
std::shared_ptr<const Echo> build_corpus_app(const nlohmann::json& recorded, const std::shared_ptr<Observation>& seen);

}  // namespace duel::echo::testing

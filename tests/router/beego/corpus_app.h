#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "router/beego/app.h"

namespace duel::beego::testing {

// The values that the handlers of a recorded case saw in one request.
struct Observation {
  std::optional<std::string> route;
  std::optional<std::string> method;  // of a controller
  std::optional<std::string> pattern;
  std::optional<std::map<std::string, std::string>> params;
  std::vector<std::string> trace;

  void record(Context& context, std::string id);
};

// The application of a case. Its handlers write to `observation`. A registration that is refused here but not in the
// recording, or the reverse, is added to `wrong`.
std::shared_ptr<const App> build_corpus_app(const nlohmann::json& recorded,
                                            const std::shared_ptr<Observation>& observation,
                                            std::vector<std::string>& wrong);

}  // namespace duel::beego::testing

#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::gin::routing {

// A string of the recorded data: JSON text, or {"b64": ...} for what is not UTF-8.
std::string text_of(const nlohmann::json& value);

// The accepted routes of a recorded application, searched by the naive matcher: what a full search by Gin's rule finds,
// to tell where the original is wrong. Knows nothing of the code under test.
class Original {
 public:
  struct Found {
    int route;
  };

  explicit Original(const nlohmann::json& recorded);

  // The path that is looked up for a request: decoded or as sent, cleaned or not, as the options say.
  std::string matched_path(const nlohmann::json& request) const;
  std::optional<Found> find(const std::string& method, std::string_view path) const;
  bool other_method_has(const std::string& method, std::string_view path) const;
  // Whether a client that follows this Location (through the proxy that set X-Forwarded-Prefix) reaches a route.
  bool leads_to_route(const std::string& method, std::string_view location, const nlohmann::json& request) const;

 private:
  bool option(const char* name, bool otherwise) const { return options_.value(name, otherwise); }

  nlohmann::json options_;
  struct Table {
    std::vector<std::string> patterns;
    std::vector<int> routes;
  };
  std::map<std::string, Table> methods_;
};

}  // namespace duel::gin::routing

#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::gin::routing {

// Of decoded paths.
std::string clean(std::string_view path);
std::string with_other_end(std::string_view path);  // a slash more, or one less
std::string percent_decode(std::string_view text);
std::string in_small_letters(std::string_view text);

// A string of the recorded data: JSON text, or {"b64": ...} for what is not UTF-8.
std::string text_of(const nlohmann::json& value);

// The accepted routes of a recorded application, searched by the naive matcher: what a full search by Gin's rule finds,
// to tell where the original is wrong. Knows nothing of the code under test.
class Original {
 public:
  using Params = std::vector<std::pair<std::string, std::string>>;
  struct Found {
    int route;
    Params params;
  };

  explicit Original(const nlohmann::json& recorded);

  // The path that is looked up for a request: decoded or as sent, cleaned or not, as the options say.
  std::string matched_path(const nlohmann::json& request) const;
  std::optional<Found> find(const std::string& method, std::string_view path) const;
  bool other_method_has(const std::string& method, std::string_view path) const;
  // Whether a client that follows this Location (through the proxy that set X-Forwarded-Prefix) reaches a route.
  bool leads_to_route(const std::string& method, std::string_view location, const nlohmann::json& request) const;
  // The values of parameters as a handler sees them: those of a path that was matched as sent are decoded after it.
  Params values_seen(Params params, const nlohmann::json& request) const;

  bool option(const char* name, bool otherwise) const { return options_.value(name, otherwise); }

 private:
  nlohmann::json options_;
  struct Table {
    std::vector<std::string> patterns;
    std::vector<int> routes;
  };
  std::map<std::string, Table> methods_;
};

}  // namespace duel::gin::routing

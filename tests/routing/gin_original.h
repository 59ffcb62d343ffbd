#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::gin::routing {

// These functions take decoded paths.
std::string clean(std::string_view path);
std::string with_other_end(std::string_view path);  // adds a trailing slash, or removes it
std::string percent_decode(std::string_view text);
std::string in_small_letters(std::string_view text);

// Decodes a string of the recorded data: a JSON string, or {"b64": ...} if it is not UTF-8.
std::string text_of(const nlohmann::json& value);

// The accepted routes of a recorded application, searched with the naive matcher. Shows where the original is wrong:
// its result is that of a complete search by Gin's rule. Independent of the code under test.
class Original {
 public:
  using Params = std::vector<std::pair<std::string, std::string>>;
  struct Found {
    int route;
    Params params;
  };

  explicit Original(const nlohmann::json& recorded);

  // The path that is looked up for a request, decoded and cleaned according to the options.
  std::string matched_path(const nlohmann::json& request) const;
  std::optional<Found> find(const std::string& method, std::string_view path) const;
  bool other_method_has(const std::string& method, std::string_view path) const;
  // Whether a client that follows this Location (through the proxy that set X-Forwarded-Prefix) reaches a route.
  bool leads_to_route(const std::string& method, std::string_view location, const nlohmann::json& request) const;
  // The values of the parameters that a handler gets. If the path was matched without decoding, the values are decoded.
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

#include "router/beego/route.h"

#include <vector>

#include "http/grammar/ascii.h"
#include "http/grammar/short_text.h"
#include "router/beego/routing/route_error.h"

namespace duel::beego {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    const size_t end = text.find(separator, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

[[noreturn]] void refuse(std::string_view part, const std::string& why) {
  throw routing::RouteError("the method mapping \"" + std::string(part) + "\" " + why);
}

}  // namespace

size_t method_index(std::string_view name) {
  size_t at = 0;
  while (at < kMethods.size() && !http::grammar::same_text(kMethods[at], name)) ++at;
  return at;
}

std::string to_upper_ascii(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = http::grammar::to_upper_ascii(c);
  return upper;
}

MethodMapping read_mapping(std::string_view text, const ControllerClass& controller) {
  MethodMapping mapping;
  if (text.empty()) return mapping;
  for (const std::string_view part : split(text, ';')) {
    const std::vector<std::string_view> sides = split(part, ':');
    if (sides.size() != 2) refuse(part, "is not of the form \"get,post:Method\"");
    for (const std::string_view given : split(sides[0], ',')) {
      const std::string method = to_upper_ascii(given);
      if (method != "*" && !is_method(method)) {
        refuse(part, "names \"" + std::string(given) + "\", which is not an HTTP method");
      }
      if (controller.find(sides[1]) == nullptr) {
        refuse(part, "names the method \"" + std::string(sides[1]) + "\", which the controller " + controller.name() +
                         " does not have");
      }
      mapping.set(method, sides[1]);
    }
  }
  return mapping;
}

}  // namespace duel::beego

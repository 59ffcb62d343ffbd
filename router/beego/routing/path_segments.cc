#include "router/beego/routing/path_segments.h"

#include <algorithm>

#include "router/beego/values/text.h"

namespace duel::beego::routing {

std::string join_path(std::span<const std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!joined.empty()) joined.push_back('/');
    joined.append(part);
  }
  if (joined.empty()) return joined;
  std::string buffer;
  const std::string_view clean = values::clean_path(joined, buffer);
  return clean.data() == joined.data() ? std::move(joined) : std::move(buffer);
}

std::vector<std::string_view> split_path(std::string_view clean) {
  std::vector<std::string_view> segments;
  segments.reserve(static_cast<size_t>(std::count(clean.begin(), clean.end(), '/')));
  for (size_t at = 1; at < clean.size();) {
    const size_t end = std::min(clean.find('/', at), clean.size());
    segments.push_back(clean.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

std::vector<std::string> split_pattern(std::string_view pattern) {
  const size_t first = pattern.find_first_not_of("/ ");
  if (first == std::string_view::npos) return {};
  pattern = pattern.substr(first, pattern.find_last_not_of("/ ") - first + 1);
  std::vector<std::string> segments;
  for (size_t at = 0;;) {
    const size_t end = pattern.find('/', at);
    segments.emplace_back(pattern.substr(at, end - at));
    if (end == std::string_view::npos) return segments;
    at = end + 1;
  }
}

}  // namespace duel::beego::routing

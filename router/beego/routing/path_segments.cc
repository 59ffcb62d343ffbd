#include "router/beego/routing/path_segments.h"

#include <algorithm>

#include "http/grammar/clean_path.h"
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

bool SplitPath::cut(std::string_view path) {
  path_ = path;
  starts_.clear();
  const bool clean =
      http::grammar::split_clean_path(path, [&](size_t begin) { starts_.push_back(static_cast<uint32_t>(begin)); });
  starts_.push_back(static_cast<uint32_t>(path.size() + 1));
  return clean;
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

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace duel::fuzz {

constexpr size_t kMaxRouteLines = 24;  // more only make the search slower

// Reads the input of a target that tests routes: lines with patterns, which application.add() takes, an empty line, and
// lines with requests, which application.ask() takes.
template <typename Application>
void feed_route_lines(Application& application, const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  bool patterns = true;
  for (size_t line = 0; line < kMaxRouteLines && !rest.empty(); ++line) {
    const std::string_view text = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    if (patterns && text.empty()) {
      patterns = false;
    } else if (patterns) {
      application.add(text);
    } else {
      application.ask(text);
    }
  }
}

}  // namespace duel::fuzz

#include "router/gin/middleware/recovery.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace duel::gin {
namespace {

std::string printable(std::string_view text) {
  std::string safe(text);
  constexpr char kDelete = 0x7F;
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return (c >= 0 && c < ' ') || c == kDelete; }, '?');
  return safe;
}

}  // namespace

void log_exception(Context& c, std::string_view message) {
  const std::string method(c.method());
  std::fprintf(stderr, "gin: %s %s: %s\n", method.c_str(), printable(c.path()).c_str(), printable(message).c_str());
}

}  // namespace duel::gin

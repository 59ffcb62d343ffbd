#include "router/gin/binding/percent.h"

#include <algorithm>
#include <cstddef>

namespace duel::gin::binding {

std::optional<std::string_view> percent_decode(std::string_view text, http::grammar::Plus plus, memory::Arena& arena) {
  if (!http::grammar::needs_percent_decoding(text, plus)) return text;
  char* const to = arena.take(text.size());
  const auto size = http::grammar::percent_decode(text, plus, to);
  if (!size) return std::nullopt;
  arena.shrink(to + *size);
  return std::string_view(to, *size);
}

std::string_view percent_encode(std::string_view text, const http::grammar::PercentEncoding& encoding,
                                memory::Arena& arena) {
  return arena.write(3 * text.size(), [&](char* to) {
    http::grammar::percent_encode(text, encoding,
                                  [&](std::string_view piece) { to = std::copy(piece.begin(), piece.end(), to); });
    return to;
  });
}

}  // namespace duel::gin::binding

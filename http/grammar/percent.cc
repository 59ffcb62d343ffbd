#include "http/grammar/percent.h"

namespace duel::http::grammar {

bool needs_percent_decoding(std::string_view text, Plus plus) {
  return text.find('%') != std::string_view::npos ||
         (plus == Plus::kIsSpace && text.find('+') != std::string_view::npos);
}

namespace {

// Decodes the byte or escape at text[at] and moves `at` behind it. Returns -1 if an escape is malformed.
int take_decoded(std::string_view text, size_t& at, Plus plus) {
  const char c = text[at];
  if (c == '%') {
    const int byte = percent_escape_at(text, at);
    at += 3;
    return byte;
  }
  ++at;
  return static_cast<uint8_t>(c == '+' && plus == Plus::kIsSpace ? ' ' : c);
}

}  // namespace

std::optional<size_t> percent_decode(std::string_view text, Plus plus, char* to) {
  const char* const begin = to;
  for (size_t at = 0; at < text.size();) {
    const int byte = take_decoded(text, at, plus);
    if (byte < 0) return std::nullopt;
    *to++ = static_cast<char>(byte);
  }
  return static_cast<size_t>(to - begin);
}

bool percent_decodes_to(std::string_view sent, std::string_view text) {
  size_t at = 0;
  for (const char c : text) {
    if (at == sent.size() || take_decoded(sent, at, Plus::kIsSpace) != static_cast<uint8_t>(c)) return false;
  }
  return at == sent.size();
}

bool is_percent_encoded(std::string_view sent, std::string_view text, const PercentEncoding& encoding) {
  bool same = true;
  percent_encode(text, encoding, [&](std::string_view piece) {
    same = same && sent.starts_with(piece);
    if (same) sent.remove_prefix(piece.size());
  });
  return same && sent.empty();
}

}  // namespace duel::http::grammar

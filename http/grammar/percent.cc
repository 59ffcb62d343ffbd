#include "http/grammar/percent.h"

namespace duel::http::grammar {

bool needs_percent_decoding(std::string_view text, Plus plus) {
  return text.find('%') != std::string_view::npos ||
         (plus == Plus::kIsSpace && text.find('+') != std::string_view::npos);
}

std::optional<size_t> percent_decode(std::string_view text, Plus plus, char* to) {
  const char* const begin = to;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      const int byte = percent_escape_at(text, at);
      if (byte < 0) return std::nullopt;
      *to++ = static_cast<char>(byte);
      at += 2;
    } else {
      *to++ = text[at] == '+' && plus == Plus::kIsSpace ? ' ' : text[at];
    }
  }
  return static_cast<size_t>(to - begin);
}

bool percent_decodes_to(std::string_view sent, std::string_view text) {
  size_t at = 0;
  for (const char c : text) {
    if (at == sent.size()) return false;
    char decoded = sent[at] == '+' ? ' ' : sent[at];
    if (sent[at] == '%') {
      const int byte = percent_escape_at(sent, at);
      if (byte < 0) return false;
      decoded = static_cast<char>(byte);
      at += 2;
    }
    if (decoded != c) return false;
    ++at;
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

#include "router/gin/json/scan.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace duel::gin::json {
namespace {

// The position behind the text that begins at `from`.
size_t text_end(std::string_view text, size_t from) {
  size_t at = from + 1;
  while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

uint32_t read_unit(std::string_view digits) {
  uint32_t unit = 0;
  std::from_chars(digits.data(), digits.data() + 4, unit, 16);
  return unit;
}

}  // namespace

size_t value_size(std::string_view text) {
  if (text.front() == '"') return text_end(text, 0);
  if (text.front() != '{' && text.front() != '[') return std::min(text.find_first_of(",]}:"), text.size());
  int depth = 0;
  for (size_t at = 0;;) {
    const char c = text[at];
    if (c == '"') {
      at = text_end(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
    if (depth == 0) return at;
  }
}

char* write_decoded(std::string_view text, char* to) {
  text = text.substr(1, text.size() - 2);
  for (size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      *to++ = text[at++];
      continue;
    }
    constexpr std::string_view kNames = "bfnrt";
    constexpr std::string_view kBytes = "\b\f\n\r\t";
    const char name = text[at + 1];
    at += 2;
    if (name == 'u') {
      uint32_t code = read_unit(text.substr(at, 4));
      at += 4;
      if (code >= 0xD800 && code < 0xDC00 && text.substr(at).starts_with("\\u")) {
        code = 0x10000 + ((code - 0xD800) << 10) + (read_unit(text.substr(at + 2, 4)) - 0xDC00);
        at += 6;
      }
      to += http::grammar::encode_rune(code, to);
    } else {
      const size_t known = kNames.find(name);
      *to++ = known == std::string_view::npos ? name : kBytes[known];
    }
  }
  return to;
}

}  // namespace duel::gin::json

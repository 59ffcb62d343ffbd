#include "router/beego/formats/yaml_text.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>

#include "http/grammar/ascii.h"
#include "http/grammar/utf8.h"
#include "router/beego/formats/base64.h"

namespace duel::beego::formats {
namespace {

// Whether YAML 1.1 or 1.2 reads the text as null or as a boolean, infinity or NaN. The words are those of the original,
// and the two keys with a meaning of YAML 1.1: "<<" merges maps, and "=" is the default value.
bool is_read_as_word(std::string_view text) {
  static const RE2 kWords(
      "|~|<<|=|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|"
      "[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  return RE2::FullMatch({text.data(), text.size()}, kWords);
}

bool is_read_as_number(std::string_view text) {
  static const RE2 kNumbers(
      "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?0[xX][0-9a-fA-F]+|[-+]?0[bB][01]+|[-+]?0[oO][0-7]+");
  static const RE2 kBase60("[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?");
  static const RE2 kDates("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?");
  if (std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos) return false;
  std::string digits(text);
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  return RE2::FullMatch(digits, kNumbers) || RE2::FullMatch({text.data(), text.size()}, kBase60) ||
         RE2::FullMatch({text.data(), text.size()}, kDates);
}

bool blank_at(std::string_view text, size_t at) {
  return at >= text.size() || text[at] == ' ';
}

// Whether a character has a meaning at its position (YAML 1.2 §5.3).
bool has_indicator(std::string_view text) {
  if (text.starts_with("---") || text.starts_with("...")) return true;
  if (std::string_view("#,[]{}&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return true;
  if ((text.front() == '-' || text.front() == '?') && blank_at(text, 1)) return true;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':' && blank_at(text, i + 1)) return true;
    if (text[i] == '#' && i > 0 && text[i - 1] == ' ') return true;
  }
  return false;
}

// The code points that the original calls printable, without U+2028 and U+2029, which break lines.
bool is_printable(uint32_t code) {
  if (code < 0x80) return code >= 0x20 && code < 0x7F;
  return code >= 0xA0 && code < 0xFFFE && code != 0xFEFF && code != 0x2028 && code != 0x2029;
}

// Whether holds(code point) is true for all of a text in UTF-8.
template <typename Holds>
bool all_runes(std::string_view text, Holds holds) {
  while (!text.empty()) {
    const http::grammar::Rune rune = http::grammar::decode_rune(text);
    if (!holds(rune.code)) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

void append_escape(uint32_t code, std::string& out) {
  using namespace std::string_view_literals;  // keeps the NUL at the beginning
  constexpr std::string_view kNamed = "\0\a\b\t\n\v\f\r\x1B\"\\"sv;
  constexpr std::string_view kNames = R"(0abtnvfre"\)"sv;
  static_assert(kNamed.size() == kNames.size());
  out.push_back('\\');
  if (const size_t known = kNamed.find(static_cast<char>(code)); code < 0x80 && known != std::string_view::npos) {
    out.push_back(kNames[known]);
    return;
  }
  if (code == 0x85) return out.push_back('N');
  const int digits = code > 0xFFFF ? 8 : code > 0xFF ? 4 : 2;
  out.push_back(digits == 8 ? 'U' : digits == 4 ? 'u' : 'x');
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out.push_back(http::grammar::kUpperHexDigits[code >> shift & 0xF]);
  }
}

void append_double_quoted(std::string_view text, std::string& out) {
  out.push_back('"');
  while (!text.empty()) {
    const http::grammar::Rune rune = http::grammar::decode_rune(text);
    if (is_printable(rune.code) && rune.code != '"' && rune.code != '\\') {
      out.append(text.substr(0, rune.size));
    } else {
      append_escape(rune.code, out);
    }
    text.remove_prefix(rune.size);
  }
  out.push_back('"');
}

void append_single_quoted(std::string_view text, std::string& out) {
  out.push_back('\'');
  for (const char c : text) {
    if (c == '\'') out.push_back(c);
    out.push_back(c);
  }
  out.push_back('\'');
}

}  // namespace

void append_yaml_text(std::string_view text, std::string& out) {
  if (!http::grammar::is_utf8(text)) {
    out.append("!!binary ").append(encode_base64(text));
  } else if (is_read_as_word(text) || is_read_as_number(text) || !all_runes(text, is_printable)) {
    append_double_quoted(text, out);
  } else if (has_indicator(text) || text.front() == ' ' || text.back() == ' ') {
    append_single_quoted(text, out);
  } else {
    out.append(text);
  }
}

bool fits_literal_block(std::string_view text) {
  // Parsers take the indentation of the block from its first line, and libyaml refuses a tab in it.
  if (text.find('\n') == std::string_view::npos ||
      std::string_view(" \t\n").find(text.front()) != std::string_view::npos)
    return false;
  if (text.back() == ' ' || text.ends_with("\n\n") || text.find(" \n") != std::string_view::npos) return false;
  if (!http::grammar::is_utf8(text)) return false;
  return all_runes(text, [](uint32_t code) { return code == '\n' || code == '\t' || is_printable(code); });
}

bool fits_simple_key(std::string_view text) {
  constexpr size_t kMaxBytes = 128;
  const auto stays_on_line = [](uint32_t code) {
    return code != '\n' && code != '\r' && code != 0x85 && code != 0x2028 && code != 0x2029;
  };
  return text.size() <= kMaxBytes && all_runes(text, stays_on_line);
}

}  // namespace duel::beego::formats

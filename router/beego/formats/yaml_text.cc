#include "router/beego/formats/yaml_text.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>

#include "router/beego/formats/base64.h"
#include "router/beego/values/utf8.h"

namespace duel::beego::formats {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

// Words and numbers that YAML 1.1 or 1.2 reads as no text, as the original knows them.
bool is_read_as_word(std::string_view text) {
  static const RE2 kWords(
      "|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|"
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

// Marks that mean something where they stand (§5.3).
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

// What may stand in a text as it is: what the original calls printable, less U+2028 and U+2029, which break lines.
bool is_printable(std::string_view sequence) {
  if (sequence.size() == 1) return sequence.front() >= 0x20 && sequence.front() < 0x7F;
  const uint32_t letter = values::utf8_letter(sequence);
  return letter >= 0xA0 && letter < 0xFFFE && letter != 0xFEFF && letter != 0x2028 && letter != 0x2029;
}

// Calls `each` with every sequence of UTF-8 text until it says false.
template <typename Each>
bool all_letters(std::string_view text, Each each) {
  for (size_t size = 0; !text.empty(); text.remove_prefix(size)) {
    size = values::utf8_size(text);
    if (!each(text.substr(0, size))) return false;
  }
  return true;
}

void append_escape(std::string_view sequence, std::string& out) {
  const uint32_t letter = values::utf8_letter(sequence);
  using namespace std::string_view_literals;  // counts the first letter too
  constexpr std::string_view kLetters = "\0\a\b\t\n\v\f\r\x1B\"\\"sv;
  constexpr std::string_view kNames = R"(0abtnvfre"\)"sv;
  static_assert(kLetters.size() == kNames.size());
  out.push_back('\\');
  if (const size_t known = kLetters.find(static_cast<char>(letter)); letter < 0x80 && known != std::string_view::npos) {
    out.push_back(kNames[known]);
    return;
  }
  const int digits = letter > 0xFFFF ? 8 : letter > 0xFF ? 4 : 2;
  out.push_back(digits == 8 ? 'U' : digits == 4 ? 'u' : 'x');
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out.push_back(kHex[letter >> shift & 0xF]);
}

void append_double_quoted(std::string_view text, std::string& out) {
  out.push_back('"');
  all_letters(text, [&](std::string_view letter) {
    if (is_printable(letter) && letter != "\"" && letter != "\\") {
      out.append(letter);
    } else {
      append_escape(letter, out);
    }
    return true;
  });
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
  if (!values::is_utf8(text)) {
    out.append("!!binary ").append(encode_base64(text));
  } else if (is_read_as_word(text) || is_read_as_number(text) || !all_letters(text, is_printable)) {
    append_double_quoted(text, out);
  } else if (has_indicator(text) || text.front() == ' ' || text.back() == ' ') {
    append_single_quoted(text, out);
  } else {
    out.append(text);
  }
}

bool fits_literal_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n') return false;
  if (text.back() == ' ' || text.ends_with("\n\n") || text.find(" \n") != std::string_view::npos) return false;
  if (!values::is_utf8(text)) return false;
  return all_letters(text,
                     [](std::string_view letter) { return letter == "\n" || letter == "\t" || is_printable(letter); });
}

}  // namespace duel::beego::formats

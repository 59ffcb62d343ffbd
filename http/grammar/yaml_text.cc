#include "http/grammar/yaml_text.h"

#include <algorithm>

#include "http/grammar/ascii.h"

namespace duel::http::grammar {
namespace {

constexpr std::string_view kDigits = "0123456789";

// The parts of a text, from its front. Each function takes what it can, and says whether that was something.
class Front {
 public:
  explicit Front(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }

  bool one_of(std::string_view bytes) {
    if (rest_.empty() || bytes.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // At least `min` and at most `max` of these bytes; takes as many as it can.
  bool some_of(std::string_view bytes, size_t min = 1, size_t max = std::string_view::npos) {
    size_t count = 0;
    while (count < max && one_of(bytes)) ++count;
    return count >= min;
  }

 private:
  std::string_view rest_;
};

// Whether YAML 1.1 or 1.2 reads the text as null or as a boolean, infinity or NaN. The words are those of the original,
// and the two keys with a meaning of YAML 1.1: "<<" merges maps, and "=" is the default value.
bool is_read_as_word(std::string_view text) {
  constexpr std::string_view kWords[] = {"",     "~",    "<<",    "=",     "null",  "Null", "NULL", "true",
                                         "True", "TRUE", "false", "False", "FALSE", "y",    "Y",    "yes",
                                         "Yes",  "YES",  "n",     "N",     "no",    "No",   "NO",   "on",
                                         "On",   "ON",   "off",   "Off",   "OFF",   ".nan", ".NaN", ".NAN"};
  if (std::ranges::find(kWords, text) != std::end(kWords)) return true;
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF";
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? and whole numbers with 0x, 0b and 0o; underscores do not count.
bool is_decimal(std::string_view text) {
  const std::string_view digits = "0123456789_";
  Front front(text);
  front.one_of("+-");
  front.some_of("_", 0);
  if (front.one_of(".")) {
    if (!front.some_of(digits)) return false;
  } else {
    if (!front.some_of(digits)) return false;
    if (front.one_of(".")) front.some_of(digits, 0);
  }
  if (front.one_of("eE")) {
    front.some_of("_", 0);
    front.one_of("+-");
    if (!front.some_of(digits)) return false;
  }
  return front.at_end();
}

bool is_in_base(std::string_view text) {
  Front front(text);
  front.one_of("+-");
  front.some_of("_", 0);
  if (!front.one_of("0")) return false;
  front.some_of("_", 0);
  if (front.one_of("xX")) return front.some_of("0123456789abcdefABCDEF_") && front.at_end();
  if (front.one_of("bB")) return front.some_of("01_") && front.at_end();
  return front.one_of("oO") && front.some_of("01234567_") && front.at_end();
}

// [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
bool is_base60(std::string_view text) {
  Front front(text);
  front.one_of("+-");
  if (!front.one_of(kDigits)) return false;
  front.some_of("0123456789_", 0);
  bool found = false;
  while (front.one_of(":")) {
    found = true;
    const bool small = front.one_of("012345");
    if (!front.one_of(kDigits) && !small) return false;
  }
  if (front.one_of(".")) front.some_of("0123456789_", 0);
  return found && front.at_end();
}

// [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?
bool is_date(std::string_view text) {
  Front front(text);
  const bool day = front.some_of(kDigits, 4, 4) && front.one_of("-") && front.some_of(kDigits, 1, 2) &&
                   front.one_of("-") && front.some_of(kDigits, 1, 2);
  return day && (front.at_end() || (front.one_of("Tt ") && text.find('\n') == std::string_view::npos));
}

bool is_read_as_number(std::string_view text) {
  if (std::string_view("+-.0123456789").find(text.front()) == std::string_view::npos) return false;
  return is_decimal(text) || is_in_base(text) || is_base60(text) || is_date(text);
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

// Whether holds(code point) is true for all of a text in UTF-8.
template <typename Holds>
bool all_runes(std::string_view text, Holds holds) {
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    if (!holds(rune.code)) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

}  // namespace

namespace internal {

bool is_printable_in_yaml(uint32_t code) {
  if (code < 0x80) return code >= 0x20 && code < 0x7F;
  return code >= 0xA0 && code < 0xFFFE && code != 0xFEFF && code != 0x2028 && code != 0x2029;
}

size_t write_yaml_escape(uint32_t code, char* to) {
  using namespace std::string_view_literals;  // keeps the NUL at the beginning
  constexpr std::string_view kNamed = "\0\a\b\t\n\v\f\r\x1B\"\\"sv;
  constexpr std::string_view kNames = R"(0abtnvfre"\)"sv;
  static_assert(kNamed.size() == kNames.size());
  to[0] = '\\';
  if (const size_t known = kNamed.find(static_cast<char>(code)); code < 0x80 && known != std::string_view::npos) {
    to[1] = kNames[known];
    return 2;
  }
  if (code == 0x85) return to[1] = 'N', 2;
  const int digits = code > 0xFFFF ? 8 : code > 0xFF ? 4 : 2;
  to[1] = digits == 8 ? 'U' : digits == 4 ? 'u' : 'x';
  char* end = to + 2;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) *end++ = kUpperHexDigits[code >> shift & 0xF];
  return static_cast<size_t>(end - to);
}

}  // namespace internal

YamlStyle yaml_style_of(std::string_view text) {
  if (is_read_as_word(text) || is_read_as_number(text) || !all_runes(text, internal::is_printable_in_yaml))
    return YamlStyle::kDoubleQuoted;
  const bool quoted = has_indicator(text) || text.front() == ' ' || text.back() == ' ';
  return quoted ? YamlStyle::kSingleQuoted : YamlStyle::kPlain;
}

bool fits_yaml_block(std::string_view text) {
  // Parsers take the indentation of the block from its first line, and libyaml refuses a tab in it.
  if (text.find('\n') == std::string_view::npos ||
      std::string_view(" \t\n").find(text.front()) != std::string_view::npos)
    return false;
  if (text.back() == ' ' || text.ends_with("\n\n") || text.find(" \n") != std::string_view::npos) return false;
  if (!is_utf8(text)) return false;
  return all_runes(text,
                   [](uint32_t code) { return code == '\n' || code == '\t' || internal::is_printable_in_yaml(code); });
}

bool fits_yaml_key(std::string_view text) {
  constexpr size_t kMaxBytes = 128;
  const auto stays_on_line = [](uint32_t code) {
    return code != '\n' && code != '\r' && code != 0x85 && code != 0x2028 && code != 0x2029;
  };
  return text.size() <= kMaxBytes && all_runes(text, stays_on_line);
}

}  // namespace duel::http::grammar

// For both router styles and the admin pages.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/grammar/utf8.h"

// Parts of JSON text (RFC 8259), byte for byte as Go's encoding/json writes them. The functions allocate nothing: they
// pass their output to put(std::string_view).
namespace duel::http::grammar {

// Whether < > and & are escaped, so that the text can be embedded in HTML. Go escapes them by default; Gin's PureJSON
// keeps them.
enum class JsonHtml : bool { kKept, kEscaped };

namespace internal {

constexpr bool is_plain_in_json(char c, JsonHtml html) {
  if (static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) >= 0x80 || c == '"' || c == '\\') return false;
  return html == JsonHtml::kKept || (c != '<' && c != '>' && c != '&');
}

// The escape of the first rune of a text: `size` bytes that replace `taken` bytes. A size of 0 keeps them.
struct JsonEscape {
  std::array<char, 6> bytes;
  uint8_t size;
  uint8_t taken;
};
// `text` is not empty and does not begin with a plain byte.
JsonEscape escape_for_json(std::string_view text);

// \uXXXX for a UTF-16 code unit.
std::array<char, 6> json_unicode_escape(uint32_t unit);

}  // namespace internal

// The text in quotes. Invalid bytes become \ufffd; U+2028 and U+2029 are escaped, because they end lines in JavaScript.
template <typename Put>
void write_json_text(std::string_view text, JsonHtml html, Put put) {
  put(std::string_view("\""));
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && internal::is_plain_in_json(text[end], html)) ++end;
    if (end != at) put(text.substr(at, end - at));
    if (end == text.size()) break;
    const internal::JsonEscape escape = internal::escape_for_json(text.substr(end));
    put(escape.size == 0 ? text.substr(end, escape.taken) : std::string_view(escape.bytes.data(), escape.size));
    at = end + escape.taken;
  }
  put(std::string_view("\""));
}

// Whether JSONP may call the function of this name: it has only letters, digits, _ $ . [ ] and characters beyond ASCII
// that end no line. Another text could be a script of the client's choice.
bool is_callback(std::string_view name);

// The longest number, a negative double just above 1e-6 with 17 digits, has 25 bytes.
inline constexpr size_t kJsonNumberBytes = 40;

// Writes the shortest text that reads back as the same number to `to`, which must have room for kJsonNumberBytes, and
// returns its end. As in ECMAScript and Go, the exponent form begins below 1e-6 and at 1e21, and a larger whole number
// than 2^53 (float: 2^24) has zeros after its shortest digits. `number` must be finite.
char* write_json_number(double number, char* to);
char* write_json_number(float number, char* to);

// Valid compact JSON with a line per member and `indent` per level (Go's json.MarshalIndent without a prefix).
template <typename Put>
void indent_json(std::string_view compact, std::string_view indent, Put put) {
  size_t depth = 0;
  const auto begin_line = [&] {
    put(std::string_view("\n"));
    for (size_t i = 0; i < depth; ++i) put(indent);
  };
  for (size_t at = 0; at < compact.size(); ++at) {
    const char c = compact[at];
    if (c == '"') {
      size_t end = at + 1;
      while (end < compact.size() && compact[end] != '"') end += compact[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, compact.size());
      put(compact.substr(at, end - at));
      at = end - 1;
    } else if (c == '{' || c == '[') {
      const bool empty = at + 1 < compact.size() && (compact[at + 1] == '}' || compact[at + 1] == ']');
      put(compact.substr(at, empty ? 2 : 1));
      if (empty) {
        ++at;
      } else {
        ++depth;
        begin_line();
      }
    } else if (c == '}' || c == ']') {
      --depth;
      begin_line();
      put(compact.substr(at, 1));
    } else {
      put(compact.substr(at, 1));
      if (c == ',') begin_line();
      if (c == ':') put(std::string_view(" "));
    }
  }
}

// The same JSON in ASCII. Other runes become \uXXXX; a rune beyond U+FFFF becomes two escapes, a surrogate pair
// (Beego's JSON output with its option `encoding`).
template <typename Put>
void write_ascii_json(std::string_view json, Put put) {
  const auto put_escape = [&](uint32_t unit) {
    const std::array<char, 6> escape = internal::json_unicode_escape(unit);
    put(std::string_view(escape.data(), escape.size()));
  };
  while (!json.empty()) {
    const Rune rune = decode_rune(json);
    if (rune.code < 0x80) {
      put(json.substr(0, 1));
    } else if (rune.code > 0xFFFF) {
      put_escape(0xD800 + ((rune.code - 0x10000) >> 10));
      put_escape(0xDC00 + ((rune.code - 0x10000) & 0x3FF));
    } else {
      put_escape(rune.code);
    }
    json.remove_prefix(rune.size);
  }
}

}  // namespace duel::http::grammar

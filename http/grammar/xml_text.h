// For the router styles that write XML.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/grammar/utf8.h"

// Text in XML.
namespace duel::http::grammar {

// Whether a document can have the code point, as itself or as a reference (XML 1.0 §2.2).
constexpr bool is_xml_character(uint32_t code) {
  return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xD800) ||
         (code >= 0xE000 && code < 0xFFFE) || code >= 0x10000;
}

// Passes the text of an element or of an attribute to put(std::string_view), with the escapes of Go's
// xml.EscapeText. U+FFFD replaces bytes that are not UTF-8 and code points that a document cannot have.
template <typename Put>
void write_xml_text(std::string_view text, Put put) {
  using namespace std::string_view_literals;
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    const std::string_view bytes = text.substr(0, rune.size);
    text.remove_prefix(rune.size);
    switch (rune.code) {
      case '"':
        put("&#34;"sv);
        break;
      case '\'':
        put("&#39;"sv);
        break;
      case '&':
        put("&amp;"sv);
        break;
      case '<':
        put("&lt;"sv);
        break;
      case '>':
        put("&gt;"sv);
        break;
      case '\t':
        put("&#x9;"sv);
        break;
      case '\n':
        put("&#xA;"sv);
        break;
      case '\r':
        put("&#xD;"sv);
        break;
      default:
        put(rune.is_invalid() || !is_xml_character(rune.code) ? kReplacementText : bytes);
    }
  }
}

}  // namespace duel::http::grammar

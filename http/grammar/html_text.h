// For both router styles.
#pragma once

#include <cstddef>
#include <string_view>

// Text in HTML.
namespace duel::http::grammar {

// The longest escape, in bytes per byte of the text.
inline constexpr size_t kMaxHtmlEscapeBytes = 5;

// Passes the text with & < > and both quotes escaped to put(std::string_view), one byte of the text at a time (the
// escapes of Go's html.EscapeString).
template <typename Put>
void write_html_text(std::string_view text, Put put) {
  using namespace std::string_view_literals;
  for (const char& c : text) {
    switch (c) {
      case '&':
        put("&amp;"sv);
        break;
      case '<':
        put("&lt;"sv);
        break;
      case '>':
        put("&gt;"sv);
        break;
      case '"':
        put("&#34;"sv);
        break;
      case '\'':
        put("&#39;"sv);
        break;
      default:
        put(std::string_view(&c, 1));
    }
  }
}

}  // namespace duel::http::grammar

// For both router styles, the core and SQLite file names.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/grammar/ascii.h"

// Percent-encoding (RFC 3986 §2.1). Each encoding names the Go function that it follows, because clients can see which
// bytes it leaves unencoded. Functions that write do not allocate: the caller owns the storage.
namespace duel::http::grammar {

// Whether '+' means a space, as in queries and forms, or itself, as in paths.
enum class Plus : bool { kIsPlus, kIsSpace };

// Which bytes an encoding keeps. Every other byte becomes '%' and two hexadecimal digits.
struct PercentEncoding {
  std::array<bool, 256> kept{};
  bool plus_for_space = false;
  std::string_view digits = kUpperHexDigits;
};

// Keeps the unreserved characters of RFC 3986 §2.3 and `others`.
constexpr PercentEncoding keep_unreserved_and(std::string_view others, bool plus_for_space = false) {
  PercentEncoding encoding{.plus_for_space = plus_for_space};
  for (unsigned byte = 0; byte < 256; ++byte) encoding.kept[byte] = is_letter_or_digit(static_cast<char>(byte));
  for (const char c : std::string_view("-._~")) encoding.kept[static_cast<uint8_t>(c)] = true;
  for (const char c : others) encoding.kept[static_cast<uint8_t>(c)] = true;
  return encoding;
}

// Keeps every byte but `escaped`.
constexpr PercentEncoding keep_all_but(std::string_view escaped) {
  PercentEncoding encoding;
  encoding.kept.fill(true);
  for (const char c : escaped) encoding.kept[static_cast<uint8_t>(c)] = false;
  return encoding;
}

// A name or value in a query (Go's url.QueryEscape).
inline constexpr PercentEncoding kQueryEncoding = keep_unreserved_and("", true);
// A text in a parameter of a field (RFC 8187 §3.2).
inline constexpr PercentEncoding kComponentEncoding = keep_unreserved_and("");
// One segment of a path (Go's url.PathEscape).
inline constexpr PercentEncoding kPathSegmentEncoding = keep_unreserved_and("$&+=:@");
// A whole path (Go's URL.EscapedPath).
inline constexpr PercentEncoding kPathEncoding = keep_unreserved_and("$&+,/:;=@");
// A Location, which must be ASCII (RFC 9110 §10.2.2). Bytes above 0x7F are escaped with lower-case digits, as in Go's
// net/http.
inline constexpr PercentEncoding kLocationEncoding = [] {
  PercentEncoding encoding{.digits = kLowerHexDigits};
  for (unsigned byte = 0; byte < 128; ++byte) encoding.kept[byte] = true;
  return encoding;
}();
// The same for a Location without scheme and host. Backslashes and control bytes, which Go keeps, are escaped as well:
// browsers read a backslash as '/' and drop tabs, so that "/\host" and "/<tab>/host" would name another host.
inline constexpr PercentEncoding kLocationPathEncoding = [] {
  PercentEncoding encoding{.digits = kLowerHexDigits};
  for (unsigned byte = ' '; byte < 0x7F; ++byte) encoding.kept[byte] = byte != '\\';
  return encoding;
}();

// Passes the encoded text to put(std::string_view) in pieces of one or three bytes.
template <typename Put>
constexpr void percent_encode(std::string_view text, const PercentEncoding& encoding, Put put) {
  for (const char& c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (encoding.kept[byte]) {
      put(std::string_view(&c, 1));
    } else if (c == ' ' && encoding.plus_for_space) {
      put(std::string_view("+"));
    } else {
      const char escape[] = {'%', encoding.digits[byte >> 4], encoding.digits[byte & 0xF]};
      put(std::string_view(escape, sizeof escape));
    }
  }
}

// Returns the byte that the escape at text[at] encodes, or -1 if there is no '%' with two hexadecimal digits.
constexpr int percent_escape_at(std::string_view text, size_t at) {
  if (at + 2 >= text.size() || text[at] != '%') return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// Whether decoding would change the text or refuse it.
bool needs_percent_decoding(std::string_view text, Plus plus);

// Writes the decoded text to `to`, which must have room for text.size() bytes, and returns its size. Returns nothing if
// a '%' is not followed by two hexadecimal digits; the bytes at `to` are then unspecified.
std::optional<size_t> percent_decode(std::string_view text, Plus plus, char* to);

// Whether `sent`, decoded with '+' as a space, is `text`. False if an escape is malformed. Needs no memory.
bool percent_decodes_to(std::string_view sent, std::string_view text);

// Whether `sent` is exactly the encoded form of `text`.
bool is_percent_encoded(std::string_view sent, std::string_view text, const PercentEncoding& encoding);

}  // namespace duel::http::grammar

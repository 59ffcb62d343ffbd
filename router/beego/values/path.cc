#include "router/beego/values/path.h"

#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale() is POSIX, <clocale> need not have it

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <cwctype>

#include "router/beego/values/utf8.h"

namespace duel::beego::values {
namespace {

bool is_clean(std::string_view path) {
  if (path.empty() || path.front() != '/') return false;
  if (path.size() == 1) return true;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = path.substr(at + 1, end - at - 1);
    if (segment.empty() || segment == "." || segment == "..") return false;
    at = end;
  }
  return true;
}

// Removes the last segment of `out`, whose first `floor` bytes must stay.
void drop_last_segment(std::string& out, size_t floor) {
  const size_t slash = out.rfind('/');
  out.resize(slash == std::string::npos || slash < floor ? floor : slash);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What is neither unreserved (RFC 3986 §2.3) nor in `kept` becomes an escape, a blank perhaps a '+'.
std::string encode(std::string_view text, std::string_view kept, bool plus_for_blank) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                            c == '_' || c == '.' || c == '~';
    if (unreserved || kept.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else if (c == ' ' && plus_for_blank) {
      out.push_back('+');
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 0xF]);
    }
  }
  return out;
}

bool decode(std::string_view encoded, bool plus_is_blank, std::string& decoded) {
  decoded.clear();
  decoded.reserve(encoded.size());
  for (size_t i = 0; i < encoded.size(); ++i) {
    const char c = encoded[i];
    if (c == '%') {
      if (i + 2 >= encoded.size()) return false;
      const int high = hex_value(encoded[i + 1]);
      const int low = hex_value(encoded[i + 2]);
      if (high < 0 || low < 0) return false;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(c == '+' && plus_is_blank ? ' ' : c);
    }
  }
  return true;
}

void append_utf8(uint32_t letter, std::string& out) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (letter < 0x80) return put(letter);
  if (letter < 0x800) {
    put(0xC0 | letter >> 6);
  } else if (letter < 0x10000) {
    put(0xE0 | letter >> 12);
    put(0x80 | (letter >> 6 & 0x3F));
  } else {
    put(0xF0 | letter >> 18);
    put(0x80 | (letter >> 12 & 0x3F));
    put(0x80 | (letter >> 6 & 0x3F));
  }
  put(0x80 | (letter & 0x3F));
}

}  // namespace

std::string_view clean_path(std::string_view path, std::string& buffer) {
  if (is_clean(path)) return path;
  const bool rooted = !path.empty() && path.front() == '/';
  buffer.assign(rooted ? "/" : "");
  size_t floor = buffer.size();  // behind this there is nothing left for ".." to remove
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    at = end + 1;
    if (segment.empty() || segment == ".") continue;
    const bool up = segment == "..";
    if (up && buffer.size() > floor) {
      drop_last_segment(buffer, floor);
      continue;
    }
    if (up && rooted) continue;
    if (buffer.size() > static_cast<size_t>(rooted)) buffer.push_back('/');
    buffer.append(segment);
    if (up) floor = buffer.size();
  }
  if (buffer.empty()) buffer = ".";
  return buffer;
}

std::string join_path(std::span<const std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (!joined.empty()) joined.push_back('/');
    joined.append(part);
  }
  if (joined.empty()) return joined;
  std::string buffer;
  const std::string_view clean = clean_path(joined, buffer);
  return clean.data() == joined.data() ? std::move(joined) : std::move(buffer);
}

std::vector<std::string_view> split_path(std::string_view clean) {
  std::vector<std::string_view> segments;
  segments.reserve(static_cast<size_t>(std::count(clean.begin(), clean.end(), '/')));
  for (size_t at = 1; at < clean.size();) {
    const size_t end = std::min(clean.find('/', at), clean.size());
    segments.push_back(clean.substr(at, end - at));
    at = end + 1;
  }
  return segments;
}

std::vector<std::string> split_pattern(std::string_view pattern) {
  const size_t first = pattern.find_first_not_of("/ ");
  if (first == std::string_view::npos) return {};
  pattern = pattern.substr(first, pattern.find_last_not_of("/ ") - first + 1);
  std::vector<std::string> segments;
  for (size_t at = 0;;) {
    const size_t end = pattern.find('/', at);
    segments.emplace_back(pattern.substr(at, end - at));
    if (end == std::string_view::npos) return segments;
    at = end + 1;
  }
}

std::string lower_case(std::string_view text) {
  // A locale of our own: the program's may be "C", whose towlower() knows ASCII only.
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::string lower;
  lower.reserve(text.size());
  while (!text.empty()) {
    const size_t size = utf8_size(text);
    const char c = text.front();
    if (size == 0) {
      lower.append(kReplacement);
    } else if (size == 1) {
      lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    } else {
      const wint_t letter = utf8_letter(text.substr(0, size));
      append_utf8(utf8 == nullptr ? letter : towlower_l(letter, utf8), lower);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return lower;
}

bool decode_path(std::string_view encoded, std::string& decoded) {
  return decode(encoded, false, decoded);
}

bool decode_query(std::string_view encoded, std::string& decoded) {
  return decode(encoded, true, decoded);
}

std::string encode_query(std::string_view text) {
  return encode(text, "", true);
}

std::string encode_path_segment(std::string_view text) {
  return encode(text, "$&+=:@", false);
}

}  // namespace duel::beego::values

#include "router/gin/binding/url.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace duel::gin::binding {
namespace {

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The byte that the escape at `at` stands for; negative if it is none.
constexpr int escaped_byte(std::string_view text, size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

constexpr bool stays_in_query(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c == '-' || c == '_' || c == '.' || c == '~';
}

char* put_escape(char* to, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<uint8_t>(c);
  *to++ = '%';
  *to++ = kDigits[byte >> 4];
  *to++ = kDigits[byte & 15];
  return to;
}

constexpr bool stays_in_path(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != 0 && std::string_view("-_.~$&+,/:;=@").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> unescape(std::string_view text, Plus plus, memory::Arena& arena) {
  if (text.empty()) return text;
  const bool has_percent = std::memchr(text.data(), '%', text.size()) != nullptr;
  const bool has_space = plus == Plus::kIsSpace && std::memchr(text.data(), '+', text.size()) != nullptr;
  if (!has_percent && !has_space) return text;
  char* const begin = arena.take(text.size());
  char* to = begin;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int byte = escaped_byte(text, i);
      if (byte < 0) return std::nullopt;
      *to++ = static_cast<char>(byte);
      i += 2;
    } else {
      *to++ = has_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  arena.shrink(to);
  return std::string_view(begin, static_cast<size_t>(to - begin));
}

std::string_view escape_path(std::string_view path, memory::Arena& arena) {
  char* const begin = arena.take(3 * path.size());
  char* to = begin;
  for (const char c : path) {
    if (stays_in_path(c)) {
      *to++ = c;
    } else {
      to = put_escape(to, c);
    }
  }
  arena.shrink(to);
  return {begin, static_cast<size_t>(to - begin)};
}

std::string_view escape_query(std::string_view text, memory::Arena& arena) {
  char* const begin = arena.take(3 * text.size());
  char* to = begin;
  for (const char c : text) {
    if (stays_in_query(c) || c == ' ') {
      *to++ = c == ' ' ? '+' : c;
    } else {
      to = put_escape(to, c);
    }
  }
  arena.shrink(to);
  return {begin, static_cast<size_t>(to - begin)};
}

bool is_escape(std::string_view text, size_t at) {
  return escaped_byte(text, at) >= 0;
}

bool is_standard_escape(std::string_view sent, std::string_view decoded) {
  size_t at = 0;
  for (const char c : decoded) {
    const bool as_itself = at < sent.size() && sent[at] != '%';
    if (as_itself != stays_in_path(c)) return false;
    // Standard digits are capitals.
    if (!as_itself && (hex_value(sent[at + 1]) > 9 || hex_value(sent[at + 2]) > 9)) {
      if (sent[at + 1] >= 'a' || sent[at + 2] >= 'a') return false;
    }
    at += as_itself ? 1 : 3;
  }
  return true;
}

bool decodes_to(std::string_view sent, std::string_view text) {
  size_t at = 0;
  for (const char c : text) {
    if (at == sent.size()) return false;
    char decoded = sent[at] == '+' ? ' ' : sent[at];
    if (sent[at] == '%') {
      const int byte = escaped_byte(sent, at);
      if (byte < 0) return false;
      decoded = static_cast<char>(byte);
      at += 2;
    }
    if (decoded != c) return false;
    ++at;
  }
  return at == sent.size();
}

}  // namespace duel::gin::binding

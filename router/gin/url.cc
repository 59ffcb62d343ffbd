#include "router/gin/url.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace duel::gin {
namespace {

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

constexpr bool stays_in_path(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != 0 && std::string_view("-_.~$&+,/:;=@").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> unescape(std::string_view text, Plus plus, Arena& arena) {
  if (text.empty()) return text;
  const bool has_percent = std::memchr(text.data(), '%', text.size()) != nullptr;
  const bool has_space = plus == Plus::kIsSpace && std::memchr(text.data(), '+', text.size()) != nullptr;
  if (!has_percent && !has_space) return text;
  char* const begin = arena.take(text.size());
  char* to = begin;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      *to++ = static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      *to++ = has_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  arena.shrink(to);
  return std::string_view(begin, static_cast<size_t>(to - begin));
}

std::string_view escape_path(std::string_view path, Arena& arena) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  char* const begin = arena.take(3 * path.size());
  char* to = begin;
  for (const char c : path) {
    if (stays_in_path(c)) {
      *to++ = c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      *to++ = '%';
      *to++ = kDigits[byte >> 4];
      *to++ = kDigits[byte & 15];
    }
  }
  arena.shrink(to);
  return {begin, static_cast<size_t>(to - begin)};
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

std::optional<std::string_view> find_in_query(std::string_view query, std::string_view name, Arena& arena) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    const auto key = unescape(pair.substr(0, equals), Plus::kIsSpace, arena);
    if (!key || *key != name) continue;
    const auto value = unescape(pair.substr(std::min(equals + 1, pair.size())), Plus::kIsSpace, arena);
    if (value) return value;
  }
  return std::nullopt;
}

}  // namespace duel::gin

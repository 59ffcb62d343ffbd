#include "router/gin/cookie.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "router/gin/binding/url.h"

namespace duel::gin {
namespace {

// A cookie-octet of RFC 6265 §4.1.1, or space or comma, which Go's reader and the browsers allow.
bool is_value_byte(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != ';' && c != '\\';
}

bool is_attribute(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F && c != ';'; });
}

std::optional<std::string_view> read_value(std::string_view sent, memory::Arena& arena) {
  if (sent.size() > 1 && sent.front() == '"' && sent.back() == '"') sent = sent.substr(1, sent.size() - 2);
  if (!std::ranges::all_of(sent, is_value_byte)) return std::nullopt;
  return binding::unescape(sent, binding::Plus::kIsSpace, arena);
}

std::string_view same_site_text(SameSite same_site) {
  switch (same_site) {
    case SameSite::kUnset:
      return {};
    case SameSite::kLax:
      return "; SameSite=Lax";
    case SameSite::kStrict:
      return "; SameSite=Strict";
    case SameSite::kNoRestriction:
      return "; SameSite=None";
  }
  return {};
}

}  // namespace

std::optional<std::string_view> find_cookie(const http::FieldList& fields, std::string_view name,
                                            memory::Arena& arena) {
  for (const http::Field field : fields) {
    if (!http::grammar::equal_fold_ascii(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), part.size() + 1));
      const size_t equals = part.find('=');
      if (equals == std::string_view::npos || http::grammar::trim(part.substr(0, equals)) != name) continue;
      if (const auto value = read_value(http::grammar::trim(part.substr(equals + 1)), arena)) return value;
    }
  }
  return std::nullopt;
}

std::string_view format_cookie(const Cookie& cookie, memory::Arena& arena) {
  if (!http::grammar::is_token(cookie.name) || !is_attribute(cookie.path) || !is_attribute(cookie.domain)) return {};
  constexpr size_t kFixedBytes = 128;  // every attribute's name, a number of 20 digits
  const std::string_view value = binding::escape_query(cookie.value, arena);
  const std::string_view path = cookie.path.empty() ? "/" : cookie.path;
  char* const begin = arena.take(cookie.name.size() + value.size() + path.size() + cookie.domain.size() + kFixedBytes);
  char* to = begin;
  const auto put = [&](std::string_view bytes) { to = std::copy(bytes.begin(), bytes.end(), to); };
  put(cookie.name);
  put("=");
  put(value);
  put("; Path="), put(path);
  if (!cookie.domain.empty()) put("; Domain="), put(cookie.domain);
  if (cookie.max_age) {
    put("; Max-Age=");
    to = std::to_chars(to, to + 20, std::max<int64_t>(0, cookie.max_age->count())).ptr;
  }
  if (cookie.http_only) put("; HttpOnly");
  if (cookie.secure) put("; Secure");
  put(same_site_text(cookie.same_site));
  arena.shrink(to);
  return {begin, static_cast<size_t>(to - begin)};
}

}  // namespace duel::gin

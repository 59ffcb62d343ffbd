#include "http/grammar/cookie.h"

#include <algorithm>
#include <charconv>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::http::grammar {
namespace {

constexpr size_t kMaxNumberBytes = 20;

bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == '\x7F';
}

bool is_cookie_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_printable_ascii(c) && c != '"' && c != ';' && c != '\\'; });
}

bool is_valid(const SetCookie& cookie) {
  return is_token(cookie.name) && is_cookie_value(cookie.value) && is_cookie_attribute(cookie.path) &&
         is_cookie_attribute(cookie.domain) && is_cookie_attribute(cookie.expires) &&
         is_cookie_attribute(cookie.same_site);
}

std::string_view without_quotes(std::string_view value) {
  return value.size() > 1 && value.starts_with('"') && value.ends_with('"') ? value.substr(1, value.size() - 2) : value;
}

class Writer {
 public:
  Writer(const SetCookie& cookie, SetCookieRules rules, char* to)
      : cookie_(cookie), cleans_(rules == SetCookieRules::kBeego), to_(to) {}

  void name_and_value() {
    for (const char c : cookie_.name) *to_++ = cleans_ && !is_token_byte(c) ? '-' : c;
    put("=");
    put_text(cookie_.value);
  }
  void path() { attribute("; Path=", cookie_.path.empty() ? "/" : cookie_.path); }
  void domain() { attribute("; Domain=", cookie_.domain); }
  void lifetime() {
    attribute("; Expires=", cookie_.expires);
    if (!cookie_.max_age_s) return;
    put("; Max-Age=");
    to_ = std::to_chars(to_, to_ + kMaxNumberBytes, std::max<int64_t>(0, *cookie_.max_age_s)).ptr;
  }
  void secure() {
    if (cookie_.secure) put("; Secure");
  }
  void http_only() {
    if (cookie_.http_only) put("; HttpOnly");
  }
  void same_site() { attribute("; SameSite=", cookie_.same_site); }

  char* end() const { return to_; }

 private:
  void put(std::string_view text) { to_ = std::copy(text.begin(), text.end(), to_); }
  void put_text(std::string_view text) {
    for (const char c : text) *to_++ = cleans_ && (c == ';' || is_control(c)) ? ' ' : c;
  }
  void attribute(std::string_view begin, std::string_view text) {
    if (text.empty()) return;
    put(begin);
    put_text(text);
  }

  const SetCookie& cookie_;
  bool cleans_;
  char* to_;
};

}  // namespace

std::optional<std::string_view> take_cookie(std::string_view& rest, std::string_view name, CookieReading reading) {
  while (!rest.empty()) {
    const std::string_view sent = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(sent.size() + 1, rest.size()));
    const std::string_view pair = trim(sent);
    const size_t equals = std::min(pair.find('='), pair.size());
    if (name.empty() || trim(pair.substr(0, equals)) != name) continue;
    if (equals == pair.size() && reading.requires_equals) continue;
    std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (reading.trims_values) value = trim(value);
    value = without_quotes(value);
    if (is_cookie_value(value)) return value;
  }
  return std::nullopt;
}

std::string_view text_of(SameSite same_site) {
  switch (same_site) {
    case SameSite::kUnset:
      break;
    case SameSite::kLax:
      return "Lax";
    case SameSite::kStrict:
      return "Strict";
    case SameSite::kNone:
      return "None";
  }
  return {};
}

char* write_set_cookie(const SetCookie& cookie, SetCookieRules rules, char* to) {
  if (rules == SetCookieRules::kNetHttp && !is_valid(cookie)) return to;
  Writer writer(cookie, rules, to);
  writer.name_and_value();
  if (rules == SetCookieRules::kBeego) {
    writer.lifetime();
    writer.path();
    writer.domain();
    writer.secure();
    writer.http_only();
  } else {
    writer.path();
    writer.domain();
    writer.lifetime();
    writer.http_only();
    writer.secure();
  }
  writer.same_site();
  return writer.end();
}

size_t max_set_cookie_size(const SetCookie& cookie) {
  constexpr std::string_view kFixed = "=; Expires=; Max-Age=; Path=/; Domain=; Secure; HttpOnly; SameSite=";
  return cookie.name.size() + cookie.value.size() + cookie.path.size() + cookie.domain.size() + cookie.expires.size() +
         cookie.same_site.size() + kFixed.size() + kMaxNumberBytes;
}

bool is_cookie_attribute(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_printable_ascii(c) && c != ';'; });
}

}  // namespace duel::http::grammar

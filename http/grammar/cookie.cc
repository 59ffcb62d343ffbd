#include "http/grammar/cookie.h"

#include <algorithm>
#include <charconv>

#include "http/grammar/address.h"
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

// Letters, digits and inner hyphens between dots (RFC 1034 §3.5), with a letter; or an IPv4 address.
bool is_domain(std::string_view text) {
  constexpr size_t kMaxDomainBytes = 255;
  constexpr size_t kMaxLabelBytes = 63;
  if (text.empty() || text.size() > kMaxDomainBytes) return false;
  const bool has_letter =
      std::ranges::any_of(text, [](char c) { return is_letter_or_digit(c) && (c < '0' || c > '9'); });
  if (!has_letter) return text.find(':') == std::string_view::npos && parse_address(text).has_value();
  for (;;) {
    const std::string_view label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > kMaxLabelBytes || label.starts_with('-') || label.ends_with('-')) return false;
    if (!std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; })) return false;
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
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
  void domain() {
    if (cleans_) return attribute("; Domain=", cookie_.domain);
    const size_t dot = cookie_.domain.starts_with('.') ? 1 : 0;
    if (is_domain(cookie_.domain.substr(dot))) attribute("; Domain=", cookie_.domain.substr(dot));
  }
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

std::optional<std::string_view> take_cookie(std::string_view& rest, std::string_view name) {
  if (!is_token(name)) return std::nullopt;
  while (!rest.empty()) {
    const std::string_view sent = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(sent.size() + 1, rest.size()));
    const std::string_view pair = trim(sent);
    const size_t equals = std::min(pair.find('='), pair.size());
    if (trim(pair.substr(0, equals)) != name) continue;
    const std::string_view value = without_quotes(pair.substr(std::min(equals + 1, pair.size())));
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

#include "router/beego/session/cookie.h"

#include <algorithm>
#include <stdexcept>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::beego::session {
namespace {

// A blank or a comma may be in a value although the RFC has it otherwise: Beego and Go let them through.
bool is_value_letter(char c) {
  return c >= ' ' && c < '\x7f' && c != '"' && c != '\\';
}

bool is_attribute_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f' && c != ';'; });
}

}  // namespace

std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) {
  if (name.empty()) return std::nullopt;
  while (!field.empty()) {
    const size_t end = std::min(field.find(';'), field.size());
    const std::string_view pair = http::grammar::trim(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    if (http::grammar::trim(pair.substr(0, equals)) != name) continue;
    std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    if (std::all_of(value.begin(), value.end(), is_value_letter)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> find_cookie(const http::Request& request, std::string_view name) {
  for (const http::Field field : request.fields) {
    if (!http::grammar::equal_fold_ascii(field.name, "Cookie")) continue;
    if (const auto value = find_cookie(field.value, name)) return value;
  }
  return std::nullopt;
}

std::string set_cookie(const CookieOptions& options, std::string_view value, int64_t max_age_s) {
  std::string text = options.name + "=";
  text.append(value).append("; Path=").append(options.path);
  if (!options.domain.empty()) text.append("; Domain=").append(options.domain);
  if (max_age_s != 0) text.append("; Max-Age=").append(std::to_string(std::max<int64_t>(max_age_s, 0)));
  if (options.http_only) text += "; HttpOnly";
  if (options.secure) text += "; Secure";
  switch (options.same_site) {
    case SameSite::kUnset:
      break;
    case SameSite::kLax:
      text += "; SameSite=Lax";
      break;
    case SameSite::kStrict:
      text += "; SameSite=Strict";
      break;
    case SameSite::kNone:
      text += "; SameSite=None";
      break;
  }
  return text;
}

void check(const CookieOptions& options) {
  if (!http::grammar::is_token(options.name))
    throw std::invalid_argument("the session cookie's name is no token: " + options.name);
  if (!options.path.starts_with('/') || !is_attribute_value(options.path)) {
    throw std::invalid_argument("the session cookie's path must begin with / and hold no ';': " + options.path);
  }
  if (!is_attribute_value(options.domain)) {
    throw std::invalid_argument("the session cookie's domain holds a ';' or a control character");
  }
  if (options.same_site == SameSite::kNone && !options.secure) {
    throw std::invalid_argument("browsers refuse a SameSite=None cookie that is not Secure");
  }
}

}  // namespace duel::beego::session

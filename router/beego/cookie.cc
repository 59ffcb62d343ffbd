#include "router/beego/cookie.h"

#include <algorithm>
#include <ctime>

#include "http/date.h"
#include "http/token.h"

namespace duel::beego {
namespace {

// A blank or a comma may be in a value although the RFC has it otherwise: Beego and Go let them through.
bool is_value_letter(char c) {
  return c >= 0x20 && c != 0x7F && c != ';';
}

std::string clean_name(std::string_view name) {
  std::string cleaned(name);
  for (char& c : cleaned) {
    if (!http::is_token({&c, 1})) c = '-';
  }
  return cleaned;
}

std::string clean_value(std::string_view value) {
  std::string cleaned(value);
  for (char& c : cleaned) {
    if (c == ';' || (c >= 0 && c < 0x20) || c == 0x7F) c = ' ';
  }
  return cleaned;
}

// "Sun, 06 Nov 1994 08:49:37 UTC": the original says UTC where RFC 6265 says GMT; browsers read both.
std::string expiry(int64_t max_age_s) {
  constexpr int64_t kFurthestS = 400LL * 24 * 3600;  // RFC 6265bis lets a browser keep no cookie longer
  const http::DateText date = http::format_date(std::time(nullptr) + std::min(max_age_s, kFurthestS));
  return std::string(date.data(), date.size() - 3) + "UTC";
}

}  // namespace

std::string format_cookie(std::string_view name, std::string_view value, const CookieOptions& options) {
  std::string text = clean_name(name) + "=" + clean_value(value);
  if (options.max_age_s > 0) {
    text += "; Expires=" + expiry(options.max_age_s) + "; Max-Age=" + std::to_string(options.max_age_s);
  } else if (options.max_age_s < 0) {
    text += "; Max-Age=0";
  }
  text += "; Path=" + (options.path.empty() ? "/" : clean_value(options.path));
  if (!options.domain.empty()) text += "; Domain=" + clean_value(options.domain);
  if (options.secure) text += "; Secure";
  if (options.http_only) text += "; HttpOnly";
  if (!options.same_site.empty()) text += "; SameSite=" + clean_value(options.same_site);
  return text;
}

std::string_view find_cookie(std::string_view field, std::string_view name) {
  if (name.empty()) return {};
  while (!field.empty()) {
    const size_t end = field.find(';');
    const std::string_view cookie = http::trim(field.substr(0, end));
    field = end == std::string_view::npos ? std::string_view() : field.substr(end + 1);
    const size_t equals = cookie.find('=');
    if (http::trim(cookie.substr(0, equals)) != name) continue;
    std::string_view value =
        equals == std::string_view::npos ? cookie.substr(cookie.size()) : cookie.substr(equals + 1);
    if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    const bool allowed =
        std::all_of(value.begin(), value.end(), [](char c) { return is_value_letter(c) && c != '"' && c != '\\'; });
    if (allowed) return value;
  }
  return {};
}

}  // namespace duel::beego

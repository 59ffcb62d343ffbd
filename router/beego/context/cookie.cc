#include "router/beego/context/cookie.h"

#include <algorithm>
#include <ctime>

#include "http/date.h"
#include "http/grammar/token.h"

namespace duel::beego::context {
namespace {

std::string clean_name(std::string_view name) {
  std::string cleaned(name);
  for (char& c : cleaned) {
    if (!http::grammar::is_token({&c, 1})) c = '-';
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

}  // namespace duel::beego::context

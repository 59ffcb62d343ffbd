#include "router/beego/session/cookie.h"

#include <algorithm>
#include <ctime>
#include <stdexcept>

#include "http/date.h"
#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::beego::session {

std::optional<std::string_view> find_cookie(const http::Request& request, std::string_view name) {
  for (const http::Field field : request.fields) {
    if (!http::grammar::equal_fold_ascii(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    if (const auto value = http::grammar::take_cookie(rest, name)) return value;
  }
  return std::nullopt;
}

std::string format_cookie(const SessionCookie& options, std::string_view value, int64_t max_age_s) {
  http::grammar::SetCookie cookie{.name = options.name,
                                  .value = value,
                                  .path = options.path,
                                  .domain = options.domain,
                                  .secure = options.secure,
                                  .http_only = options.http_only,
                                  .same_site = http::grammar::text_of(options.same_site)};
  http::DateText expires;
  if (max_age_s != 0) {
    cookie.max_age_s = max_age_s;
    expires = http::format_date(std::time(nullptr) + std::max<int64_t>(max_age_s, 0));
    cookie.expires = {expires.data(), expires.size()};
  }
  std::string text(http::grammar::max_set_cookie_size(cookie), '\0');
  const char* const end = http::grammar::write_set_cookie(cookie, http::grammar::SetCookieRules::kNetHttp, text.data());
  text.resize(static_cast<size_t>(end - text.data()));
  return text;
}

void check(const SessionCookie& options) {
  if (!http::grammar::is_token(options.name))
    throw std::invalid_argument("the session cookie's name is not a token: " + options.name);
  if (!options.path.starts_with('/') || !http::grammar::is_cookie_attribute(options.path)) {
    throw std::invalid_argument("the session cookie's path must begin with / and hold no ';': " + options.path);
  }
  if (!http::grammar::is_cookie_attribute(options.domain)) {
    throw std::invalid_argument("the session cookie's domain holds a ';' or a control character");
  }
  if (options.same_site == SameSite::kNone && !options.secure) {
    throw std::invalid_argument("browsers refuse a SameSite=None cookie that is not Secure");
  }
}

}  // namespace duel::beego::session

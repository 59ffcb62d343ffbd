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

std::optional<std::string_view> find_id(const http::Request& request, const SessionCookie& options) {
  if (const auto value = find_cookie(request, options.name); value && !value->empty()) return value;
  if (options.in_query) {
    // An id has no byte that a client would have to escape.
    for (std::string_view rest = request.query; !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
      const size_t equals = pair.find('=');
      const bool has_value = equals < pair.size() && equals + 1 < pair.size();
      if (has_value && pair.substr(0, equals) == options.name) return pair.substr(equals + 1);
    }
  }
  if (options.header.empty() || !request.has_header(options.header)) return std::nullopt;
  return request.header(options.header);
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
  if (!options.header.empty() && !http::grammar::is_token(options.header)) {
    throw std::invalid_argument("the name of the session's field is not a token: " + options.header);
  }
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

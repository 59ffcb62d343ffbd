#include "router/beego/context/cookie.h"

#include <algorithm>
#include <ctime>

#include "http/date.h"
#include "http/grammar/cookie.h"

namespace duel::beego::context {
namespace {

// "Sun, 06 Nov 1994 08:49:37 UTC": Beego writes UTC where RFC 6265 has GMT; browsers read both.
http::DateText format_expiry(int64_t max_age_s) {
  constexpr int64_t kMaxAgeS = 400LL * 24 * 3600;  // RFC 6265bis: browsers keep no cookie longer
  http::DateText date = http::format_date(std::time(nullptr) + std::min(max_age_s, kMaxAgeS));
  constexpr std::string_view kZone = "UTC";
  std::copy(kZone.begin(), kZone.end(), date.end() - kZone.size());
  return date;
}

}  // namespace

std::string format_cookie(std::string_view name, std::string_view value, const CookieOptions& options) {
  http::grammar::SetCookie cookie{.name = name,
                                  .value = value,
                                  .path = options.path,
                                  .domain = options.domain,
                                  .secure = options.secure,
                                  .http_only = options.http_only,
                                  .same_site = options.same_site};
  http::DateText expiry;
  if (options.max_age_s > 0) {
    expiry = format_expiry(options.max_age_s);
    cookie.expires = {expiry.data(), expiry.size()};
  }
  if (options.max_age_s != 0) cookie.max_age_s = options.max_age_s;
  std::string text(http::grammar::max_set_cookie_size(cookie), '\0');
  const char* const end = http::grammar::write_set_cookie(cookie, http::grammar::SetCookieRules::kBeego, text.data());
  text.resize(static_cast<size_t>(end - text.data()));
  return text;
}

}  // namespace duel::beego::context

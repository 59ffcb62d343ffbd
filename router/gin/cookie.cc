#include "router/gin/cookie.h"

#include "http/grammar/ascii.h"
#include "router/gin/binding/percent.h"

namespace duel::gin {

std::optional<std::string_view> find_cookie(const http::FieldList& fields, std::string_view name,
                                            memory::Arena& arena) {
  for (const http::Field field : fields) {
    if (!http::grammar::equal_fold_ascii(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    if (const auto sent = http::grammar::take_cookie(rest, name))
      return binding::percent_decode(*sent, http::grammar::Plus::kIsSpace, arena).value_or(std::string_view());
  }
  return std::nullopt;
}

std::string_view format_cookie(const Cookie& cookie, memory::Arena& arena) {
  http::grammar::SetCookie text{.name = cookie.name,
                                .value = binding::percent_encode(cookie.value, http::grammar::kQueryEncoding, arena),
                                .path = cookie.path,
                                .domain = cookie.domain,
                                .secure = cookie.secure,
                                .http_only = cookie.http_only,
                                .same_site = http::grammar::text_of(cookie.same_site)};
  if (cookie.max_age) text.max_age_s = cookie.max_age->count();
  return arena.write(http::grammar::max_set_cookie_size(text), [&](char* to) {
    return http::grammar::write_set_cookie(text, http::grammar::SetCookieRules::kNetHttp, to);
  });
}

}  // namespace duel::gin

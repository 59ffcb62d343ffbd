#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// For both router styles: cookies (RFC 6265). The styles encode, decode and store the values.
namespace duel::http::grammar {

// Returns the value of the first cookie of this name in `rest`, or std::nullopt if there is none. In the first call,
// `rest` is the value of a Cookie field (§4.2.1). Each call removes the cookies that it has read, so the next call
// finds the next cookie of the name. The value is a view into `rest`, without the quotes around it.
//
// As in net/http, a cookie whose name is not a token or whose value is malformed is skipped: a value must not hold
// control characters, '"', '\' or bytes above 0x7E. Blanks and commas are allowed. A pair without '=' is a cookie with
// an empty value, and blanks before a value belong to it.
std::optional<std::string_view> take_cookie(std::string_view& rest, std::string_view name);

enum class SameSite : uint8_t { kUnset, kLax, kStrict, kNone };
// "Lax", "Strict" or "None"; empty for kUnset.
std::string_view text_of(SameSite same_site);

// The contents of a Set-Cookie field (§4.1.1). Empty attributes are not written, except for the path.
struct SetCookie {
  std::string_view name;
  std::string_view value;
  std::string_view path{};  // if empty, "/" is written
  // If empty, the browser returns the cookie only to the host that set it. kNetHttp writes a domain or an IPv4 address,
  // without a dot before it, and leaves out anything else.
  std::string_view domain{};
  std::string_view expires{};  // a date
  // In seconds. Unset: the cookie lives until the browser closes. Zero or negative: the browser deletes it.
  std::optional<int64_t> max_age_s{};
  bool secure = false;
  bool http_only = false;
  std::string_view same_site{};
};

enum class SetCookieRules : uint8_t {
  // The rules of Go's net/http. Gin and Beego's sessions write cookies by these rules. The cookie is refused if its
  // name is not a token, or if its value or an attribute has a byte that is not allowed there.
  kNetHttp,
  // The rules of Beego's Context.SetCookie. Expires and Max-Age precede Path, Secure precedes HttpOnly. In the name, a
  // byte that is not allowed in a token becomes '-'. Elsewhere, control characters and ';' become blanks.
  kBeego,
};

// Writes the value of a Set-Cookie field to `to`, which has room for max_set_cookie_size(cookie) bytes. Returns the end
// of the written text, or `to` if the rules refuse the cookie. A name, value or attribute cannot inject another
// attribute or field.
char* write_set_cookie(const SetCookie& cookie, SetCookieRules rules, char* to);
size_t max_set_cookie_size(const SetCookie& cookie);

// Whether `text` can be an attribute of a cookie: no ';', no control character, no byte above 0x7E.
bool is_cookie_attribute(std::string_view text);

}  // namespace duel::http::grammar

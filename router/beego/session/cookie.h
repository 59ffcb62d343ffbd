#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/grammar/cookie.h"
#include "http/request.h"

// For applications and for Input::cookie(): how Beego reads cookies, and the cookie of a session.
namespace duel::beego::session {

using http::grammar::SameSite;

struct SessionCookie {
  std::string name = "beegosessionID";
  std::string path = "/";
  std::string domain{};   // if empty, the browser returns the cookie only to the host that set it
  int64_t max_age_s = 0;  // zero: until the browser closes
  bool http_only = true;  // hidden from scripts
  bool secure = false;    // sent over https only; set it behind a proxy that terminates TLS
  SameSite same_site = SameSite::kLax;
  bool is_set = true;  // if false, no answer sets the cookie: the program gives the id to the client in another way
  // A field that carries the id as well, for clients that keep no cookies: an answer that makes a session has it, and a
  // request without the cookie may have it (SessionEnableSidInHTTPHeader). Empty: none.
  std::string header{};
  // Whether a request without the cookie may have the id in its query, under the cookie's name
  // (SessionEnableSidInURLQuery). Addresses are logged, copied and sent as Referer, and with them the session.
  // Who opens a link with the id of somebody else works in that session: call regenerate() at the login.
  bool in_query = false;
};

// The value of the first cookie of this name, as a view into the request; std::nullopt if there is none. Follows Go's
// net/http, see http::grammar::take_cookie().
std::optional<std::string_view> find_cookie(const http::Request& request, std::string_view name);

// The id that a client has sent, which may be no id at all: the value of the cookie, or, if that is missing or empty,
// of the query and then of the field, as far as the options allow them.
std::optional<std::string_view> find_id(const http::Request& request, const SessionCookie& options);

// The value of a Set-Cookie field. `max_age_s`: zero leaves Max-Age and Expires out, a negative age deletes the cookie.
// The options must have passed check().
std::string format_cookie(const SessionCookie& options, std::string_view value, int64_t max_age_s);

// Throws std::invalid_argument if browsers would refuse the cookie or read another one: if the name is not a token, the
// path does not begin with '/', path or domain hold a byte that could end them, or SameSite=None is set without Secure;
// and if the name of the field is not a token.
void check(const SessionCookie& options);

}  // namespace duel::beego::session

#pragma once

#include <span>
#include <string_view>

#include "router/gin/context.h"

// For applications: basic authentication (RFC 7617). Requests without the password of an account get 401.
//
//   constexpr gin::middleware::Account kAccounts[] = {{"ada", "..."}};
//   constexpr gin::middleware::BasicAuthOptions kAuth{.accounts = kAccounts};
//   gin::use(gin::middleware::basic_auth<kAuth>)        and in handlers:  *c.get(gin::middleware::kAuthUser) == "ada"
//
// To keep passwords out of the program's file, use an options object that is not a constant, and fill it before the
// server starts.
namespace duel::gin::middleware {

struct Account {
  std::string_view user;  // without a colon
  std::string_view password;
};

struct BasicAuthOptions {
  std::span<const Account> accounts{};
  std::string_view realm = "Authorization Required";  // shown by browsers; printable
};

// The user name of the authenticated account.
inline constexpr Key<std::string_view> kAuthUser{"user"};

namespace internal {
void authenticate(Context& c, const BasicAuthOptions& options);
}

template <const BasicAuthOptions& kOptions>
void basic_auth(Context& c) {
  internal::authenticate(c, kOptions);
}

// Compares in a time that depends only on the length of `given`, not on the bytes or on the length of `secret`.
bool equal_in_constant_time(std::string_view given, std::string_view secret);

}  // namespace duel::gin::middleware

#pragma once

#include <span>
#include <string_view>

#include "router/gin/context.h"

// Basic authentication (RFC 7617): lets through who knows an account's password, answers 401 to others.
//
//   constexpr gin::Account kAccounts[] = {{"ada", "..."}};
//   constexpr gin::BasicAuthOptions kAuth{.accounts = kAccounts};
//   gin::use(gin::basic_auth<kAuth>)            then  *c.get(gin::kAuthUser) == "ada"
//
// Passwords that must not lie in the program: an options object that is no constant, filled before the server starts.
namespace duel::gin::middleware {

struct Account {
  std::string_view user;  // without a colon
  std::string_view password;
};

struct BasicAuthOptions {
  std::span<const Account> accounts{};
  std::string_view realm = "Authorization Required";  // shown by browsers; without quotes and backslashes
};

// The user of the account.
inline constexpr Key<std::string_view> kAuthUser{"user"};

namespace internal {
void authenticate(Context& c, const BasicAuthOptions& options);
}

template <const BasicAuthOptions& kOptions>
void basic_auth(Context& c) {
  internal::authenticate(c, kOptions);
}

// Takes as long for equal texts as for others of the same length as `given`.
bool equal_in_constant_time(std::string_view given, std::string_view secret);

}  // namespace duel::gin::middleware

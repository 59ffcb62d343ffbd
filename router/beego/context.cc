#include "router/beego/context.h"

#include <chrono>

#include "router/beego/app.h"
#include "router/beego/context/secure_cookie.h"

namespace duel::beego {

void Context::show_error(std::string_view code) {
  app_->error_pages().show(code, *this);
}

std::optional<std::string> Context::get_secure_cookie(std::string_view secret, std::string_view name) const {
  return context::verify_value(secret, input.cookie(name));
}

void Context::set_secure_cookie(std::string_view secret, std::string_view name, std::string_view value,
                                const context::CookieOptions& options) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ns = static_cast<uint64_t>(std::chrono::nanoseconds(now).count());
  output.cookie(name, context::sign_value(secret, value, now_ns), options);
}

const std::string& Context::xsrf_token(std::string_view key, int64_t expire_s) {
  constexpr std::string_view kCookie = "_xsrf";
  constexpr size_t kLetters = 32;
  std::string& token = lazy_parts().xsrf_token;
  if (!token.empty()) return token;
  if (const auto sent = get_secure_cookie(key, kCookie); sent && !sent->empty()) {
    token = *sent;
  } else {
    token = context::random_text(kLetters);
    set_secure_cookie(key, kCookie, token,
                      {.max_age_s = expire_s, .secure = app_->options().xsrf_secure, .http_only = true});
  }
  return token;
}

void Context::check_xsrf_cookie() {
  std::string_view token = input.own_field("_xsrf");
  if (token.empty()) token = input.header("X-Xsrftoken");
  if (token.empty()) token = input.header("X-Csrftoken");
  if (token.empty()) token = input.query("_xsrf");  // throws FormError: the form may hold the token, but is malformed
  if (token.empty()) abort(422, "422");
  const std::string& expected = lazy_parts().xsrf_token;
  if (expected.empty() || !context::equal_in_constant_time(expected, token)) abort(417, "417");
}

context::Format Context::accepted_format() {
  output.response().vary("Accept");
  return context::format_of(input.header("Accept"));
}

void Context::resp(const std::any& value) {
  switch (accepted_format()) {
    case context::Format::kYaml:
      return output.yaml(value);
    case context::Format::kXml:
      return output.xml(value, false, 406);
    case context::Format::kJson:
      return output.json(value);
  }
}

LazyParts& Context::lazy_parts() {
  if (!lazy_parts_) lazy_parts_ = std::make_unique<LazyParts>();
  return *lazy_parts_;
}

}  // namespace duel::beego

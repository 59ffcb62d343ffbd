#include "router/beego/controller.h"

#include <algorithm>
#include <iterator>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "router/beego/app.h"
#include "router/beego/values/number.h"

namespace duel::beego {
namespace {

// Whether a field holds credentials. The response to TRACE leaves them out (RFC 9110 §9.3.8): otherwise a script could
// read cookies that HttpOnly hides from it.
bool is_credential(std::string_view field) {
  constexpr std::string_view kCredentials[] = {"Authorization", "Cookie", "Proxy-Authorization"};
  return std::any_of(std::begin(kCredentials), std::end(kCredentials),
                     [&](std::string_view name) { return http::grammar::equal_fold_ascii(field, name); });
}

}  // namespace

void Controller::init(Context& context, std::string_view controller_name, std::string_view action_name) {
  context_ = &context;
  controller_name_ = controller_name;
  action_name_ = action_name;
}

void Controller::mapping(std::string name, std::function<void()> function) {
  context_->lazy_parts().mapping.insert_or_assign(std::move(name), std::move(function));
}

bool Controller::handler_func(std::string_view name) {
  const LazyParts* const parts = context_->made_lazy_parts();
  if (parts == nullptr) return false;
  const auto found = parts->mapping.find(name);
  if (found == parts->mapping.end()) return false;
  found->second();
  return true;
}

std::string Controller::url_for(std::string_view endpoint, const values::UrlValues& values) {
  if (!endpoint.starts_with('.')) return context_->app().url_for(endpoint, values);
  return context_->app().url_for(std::string(controller_name_).append(endpoint), values);
}

void Controller::trace() {
  const http::Request& request = context_->request();
  std::string echo = "\r\nTRACE " + std::string(request.target) + " HTTP/1." + std::to_string(request.minor_version);
  for (const http::Field field : request.fields) {
    // As in Go, whose requests do not have Host among their fields.
    if (is_credential(field.name) || http::grammar::equal_fold_ascii(field.name, "Host")) continue;
    echo.append("\r\n").append(field.name).append(": ").append(field.value);
  }
  echo += "\r\n";
  output().header("Content-Type", "message/http");
  output().header("Cache-Control", "no-cache, no-store, must-revalidate");
  output().write(echo);
}

void Controller::abort(const std::string& code) {
  custom_abort(values::parse_number<int>(code).value_or(200), code);
}

void Controller::custom_abort(int status, const std::string& body) {
  if (context_->app().error_pages().has(body)) context_->abort(status, body);
  output().write_header(status);
  output().write(body);
  stop_run();
}

const std::string& Controller::xsrf_token() {
  const AppOptions& options = context_->app().options();
  const int64_t own_expire_s = context_->lazy_parts().xsrf_expire_s;
  return context_->xsrf_token(options.xsrf_key, own_expire_s > 0 ? own_expire_s : options.xsrf_expire_s);
}

std::string Controller::xsrf_form_html() {
  return R"(<input type="hidden" name="_xsrf" value=")" + xsrf_token() + R"(" />)";
}

void Controller::check_xsrf_cookie() {
  if (context_->lazy_parts().enable_xsrf) context_->check_xsrf_cookie();
}

}  // namespace duel::beego

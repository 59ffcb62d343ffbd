#include "tests/context/beego/state_controller.h"

#include "router/beego/flash.h"
#include "router/beego/values/number.h"
#include "tests/context/beego/common.h"
#include "tests/context/dump.h"

namespace duel::context::beego_twin {
namespace {

constexpr std::string_view kSecret = "s3cret";

// The options of a cookie in the query. Owns their texts.
struct AskedCookie {
  explicit AskedCookie(const beego::Context& context)
      : name(query_value(context, "n")),
        value(query_value(context, "v")),
        path(query_value(context, "path")),
        domain(query_value(context, "domain")),
        same_site(query_value(context, "ss")) {
    const std::string age = query_value(context, "age");
    if (age.empty()) return;
    options = {.max_age_s = beego::values::parse_number<int64_t>(age).value_or(0),
               .path = path,
               .domain = domain,
               .secure = query_value(context, "secure") == "1",
               .http_only = query_value(context, "http") == "1",
               .same_site = same_site};
  }
  AskedCookie(const AskedCookie&) = delete;
  AskedCookie& operator=(const AskedCookie&) = delete;

  std::string name, value, path, domain, same_site;
  beego::CookieOptions options;
};

std::string text_of(const beego::session::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return enc(*text);
  return "~";
}

}  // namespace

beego::ControllerClass StateController::reflect() {
  return beego::ControllerClass::of<StateController>("StateController")
      .method("SetCookie", &StateController::set_plain_cookie)
      .method("SetSecure", &StateController::set_signed_cookie)
      .method("GetSecure", &StateController::get_signed_cookie)
      .method("FlashSet", &StateController::flash_set)
      .method("FlashGo", &StateController::flash_go)
      .method("FlashGet", &StateController::flash_get)
      .method("XsrfForm", &StateController::xsrf_form)
      .method("XsrfToken", &StateController::xsrf_show_token)
      .method("Accepted", &StateController::accepted)
      .method("SessionSet", &StateController::session_set)
      .method("SessionGet", &StateController::session_get)
      .method("SessionDel", &StateController::session_del)
      .method("SessionNone", &StateController::session_none)
      .method("SessionDestroy", &StateController::session_destroy)
      .method("SessionRegen", &StateController::session_regen)
      .method("SessionCount", &StateController::session_count)
      .method("SessionId", &StateController::session_id);
}

void StateController::prepare() {
  if (input().url() == "/xsrf/open") enable_xsrf(false);
}

void StateController::set_plain_cookie() {
  const AskedCookie asked(context());
  context().set_cookie(asked.name, asked.value, asked.options);
  say(context(), "ok");
}

void StateController::set_signed_cookie() {
  const AskedCookie asked(context());
  context().set_secure_cookie(kSecret, asked.name, asked.value, asked.options);
  say(context(), "ok");
}

void StateController::get_signed_cookie() {
  const auto value = context().get_secure_cookie(kSecret, name_asked_for(context().request()));
  say(context(), "GetSecureCookie=" + std::string(truth(value.has_value())) + " " + enc(value.value_or("")) + "\n");
}

void StateController::flash_set() {
  beego::Flash flash;
  flash.set(query_value(context(), "k"), query_value(context(), "v"));
  flash.store(context());
  say(context(), "ok");
}

void StateController::flash_go() {
  beego::Flash flash;
  const std::string_view kind = input().param(":kind");
  const std::string message = query_value(context(), "v");
  if (kind == "success") flash.success(message);
  if (kind == "notice") flash.notice(message);
  if (kind == "warning") flash.warning(message);
  if (kind == "error") flash.error(message);
  flash.store(context());
  redirect("/flash/get", 302);
}

void StateController::flash_get() {
  std::vector<std::pair<std::string, std::string>> entries;
  const beego::Flash flash = beego::Flash::read(context());
  for (const auto& [kind, message] : flash.messages()) entries.emplace_back(enc(kind), enc(message));
  say(context(), "flash=" + dict(entries) + "\n");
}

void StateController::xsrf_form() {
  output().header("Content-Type", "text/html; charset=utf-8");
  output().body("<form>" + xsrf_form_html() + "</form>");
}

void StateController::xsrf_show_token() {
  say(context(), "token=" + xsrf_token() + "\n");
}

void StateController::accepted() {
  say(context(), "accepted\n");
}

void StateController::session_set() {
  set_session(query_value(context(), "k"), query_value(context(), "v"));
  say(context(), "ok\n");
}

void StateController::session_get() {
  say(context(), "value=" + text_of(get_session(query_value(context(), "k"))) + "\n");
}

void StateController::session_del() {
  del_session(query_value(context(), "k"));
  say(context(), "ok\n");
}

void StateController::session_none() {
  say(context(), "nothing\n");
}

void StateController::session_destroy() {
  destroy_session();
  say(context(), "destroyed\n");
}

void StateController::session_regen() {
  session_regenerate_id();
  say(context(), "regenerated=true value=" + text_of(get_session("k")) + "\n");
}

void StateController::session_count() {
  const beego::session::Value before = get_session("n");
  const auto* number = std::get_if<int64_t>(&before);
  const int64_t count = number == nullptr ? 1 : *number + 1;
  set_session("n", count);
  say(context(), "count=" + std::to_string(count) + "\n");
}

void StateController::session_id() {
  say(context(), "id=" + start_session().id() + "\n");
}

}  // namespace duel::context::beego_twin

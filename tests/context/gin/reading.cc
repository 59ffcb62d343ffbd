#include <charconv>
#include <chrono>
#include <string>
#include <vector>

#include "tests/context/dump.h"
#include "tests/context/gin/handlers.h"

namespace duel::context {
namespace {

int number(std::string_view text, int otherwise) {
  int value = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

using Pairs = std::span<const gin::Pair>;

std::string found(std::optional<std::string_view> text) {
  return std::string(truth(text.has_value())) + " " + enc(text.value_or(""));
}

std::string found(Pairs pairs) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const gin::Pair& pair : pairs) entries.emplace_back(enc(pair.name), enc(pair.value));
  return std::string(truth(!pairs.empty())) + " " + dict(entries);
}

}  // namespace

int row(gin::Context& c) {
  return number(c.param("n"), -1);
}

int code(gin::Context& c, int otherwise) {
  const auto text = c.find_query("code");
  return text ? number(*text, 0) : otherwise;
}

void no_such_row(gin::Context& c) {
  c.string(404, "no such row");
}

void no_counterpart(gin::Context& c, std::string_view what) {
  c.set_header("X-Without-Counterpart", what);
  c.status(501);
}

void query(gin::Context& c) {
  const std::string n = name_asked_for(c.request());
  c.string(200, "Query={}\nDefaultQuery={}\nGetQuery={}\nQueryArray={}\nQueryMap={}\n", enc(c.query(n)),
           enc(c.default_query(n, "dflt")), found(c.find_query(n)), list(c.query_array(n)), found(c.query_map(n)));
}

void form(gin::Context& c) {
  const std::string n = name_asked_for(c.request());
  c.string(200, "PostForm={}\nDefaultPostForm={}\nGetPostForm={}\nPostFormArray={}\nPostFormMap={}\nQuery={}\n",
           enc(c.post_form(n)), enc(c.default_post_form(n, "dflt")), found(c.find_post_form(n)),
           list(c.post_form_array(n)), found(c.post_form_map(n)), enc(c.query(n)));
}

void params(gin::Context& c) {
  c.string(200, "a={}\nb={}\nrest={}\nnone={}\ncount={}\nFullPath={}\n", enc(c.param("a")), enc(c.param("b")),
           enc(c.param("rest")), enc(c.param("none")), c.param_count(), enc(c.full_path()));
}

void header(gin::Context& c) {
  c.string(200, "GetHeader={}\nContentType={}\n", enc(c.header(name_asked_for(c.request()))), enc(c.content_type()));
}

void raw(gin::Context& c) {
  c.string(200, "raw=true {} {}\nagain=true 0\n", c.body().size(), sha(c.body()));
}

void cookie(gin::Context& c) {
  c.string(200, "Cookie={}\n", found(c.cookie(name_asked_for(c.request()))));
}

void setcookie(gin::Context& c) {
  gin::Cookie cookie{.name = c.query("n"),
                     .value = c.query("v"),
                     .path = c.query("path"),
                     .domain = c.query("domain"),
                     .secure = c.query("secure") == "1",
                     .http_only = c.query("http") == "1"};
  // In Gin, an age of 0 leaves the attribute out, and a negative age deletes the cookie.
  if (const int age = number(c.query("age"), 0); age != 0) cookie.max_age = std::chrono::seconds(age);
  const std::string_view same_site = c.query("ss");
  if (same_site == "lax") cookie.same_site = gin::SameSite::kLax;
  if (same_site == "strict") cookie.same_site = gin::SameSite::kStrict;
  if (same_site == "none") cookie.same_site = gin::SameSite::kNone;
  c.set_cookie(cookie);
  c.string(200, "ok");
}

void ip(gin::Context& c) {
  c.string(200, "ClientIP={}\nRemoteIP={}\n", enc(c.client_ip()), enc(c.remote_ip()));
}

}  // namespace duel::context

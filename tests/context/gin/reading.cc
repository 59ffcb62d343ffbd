#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "http/grammar/ascii.h"
#include "router/gin/middleware/basic_auth.h"
#include "tests/context/dump.h"
#include "tests/context/gin/handlers.h"

namespace duel::context {
namespace {

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

int64_t number(std::string_view text, int64_t otherwise) {
  int64_t value = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return otherwise;
  if (error == std::errc()) return value;
  return text.starts_with('-') ? INT64_MIN : INT64_MAX;  // as Go's strconv.Atoi
}

int row(gin::Context& c) {
  return static_cast<int>(number(c.param("n"), -1));
}

int code(gin::Context& c, int otherwise) {
  const auto text = c.find_query("code");
  return text ? static_cast<int>(number(*text, 0)) : otherwise;
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
  c.string(200, "GetHeader={}\nContentType={}\nIsWebsocket={}\n", enc(c.header(name_asked_for(c.request()))),
           enc(c.content_type()), c.is_websocket());
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
  if (const int64_t age = number(c.query("age"), 0); age != 0) cookie.max_age = std::chrono::seconds(age);
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

// The name of the user who is authenticated.
void user(gin::Context& c) {
  const std::string_view* const name = c.get(gin::middleware::kAuthUser);
  c.string(200, "user={}\n", enc(name == nullptr ? "" : *name));
}

void any_json(gin::Context& c) {
  gin::DocumentValue value;
  if (c.should_bind_json(value)) return c.string(400, "error");
  c.json(200, value);
}

void form_files(gin::Context& c) {
  std::string to;
  const std::string n = name_asked_for(c.request());
  if (!c.form_error().empty() || !http::grammar::equal_fold_ascii(c.content_type(), "multipart/form-data")) {
    to = "MultipartForm=error\n";
  } else {
    std::map<std::string_view, std::vector<std::string_view>> values;
    for (const gin::Pair& pair : c.multipart_values()) values[pair.name].push_back(pair.value);
    for (const auto& [name, texts] : values) to += "value=" + enc(name) + " " + list(texts) + "\n";
    std::map<std::string_view, std::string> files;
    for (const gin::FormFile& file : c.form_files()) {
      files[file.name] += fmt::format("file={} {} {} {} {}\n", enc(file.name), enc(file.filename), file.bytes.size(),
                                      enc(file.content_type), sha(file.bytes));
    }
    for (const auto& [name, lines] : files) to += lines;
  }
  const gin::FormFile* const file = c.form_file(n);
  to += file == nullptr ? "FormFile=error\n" : fmt::format("FormFile={} {}\n", enc(file->filename), file->bytes.size());
  c.string(200, to);
}

namespace {

// Gin's keys are texts; here each key has a type.
constexpr gin::Key<std::string_view> kS{"s"};
constexpr gin::Key<std::string_view> kS2{"s2"};
constexpr gin::Key<int> kI{"i"};
constexpr gin::Key<int64_t> kI64{"i64"};
constexpr gin::Key<unsigned> kU{"u"};
constexpr gin::Key<uint64_t> kU64{"u64"};
constexpr gin::Key<double> kF{"f"};
constexpr gin::Key<bool> kB{"b"};
constexpr gin::Key<std::nullptr_t> kN{"n"};
constexpr gin::Key<std::span<const std::string_view>> kL{"l"};
constexpr gin::Key<int> kNone{"none"};
constexpr std::string_view kXY[] = {"x", "y"};

// Gin's getters give zero for a key of another type.
template <class Wanted, class T>
Wanted get_as(gin::Context& c, const gin::Key<T>& key) {
  if constexpr (std::is_same_v<Wanted, T>) {
    const T* const value = c.get(key);
    return value == nullptr ? T{} : *value;
  } else {
    return Wanted{};
  }
}

template <class T>
std::string key_line(gin::Context& c, const gin::Key<T>& key) {
  return fmt::format("{}={} {} {} {} {} {} {} {} {}\n", key.name, c.get(key) != nullptr,
                     enc(get_as<std::string_view>(c, key)), get_as<int>(c, key), get_as<int64_t>(c, key),
                     get_as<unsigned>(c, key), get_as<uint64_t>(c, key), f64(get_as<double>(c, key)),
                     get_as<bool>(c, key), list(get_as<std::span<const std::string_view>>(c, key)));
}

}  // namespace

void keys(gin::Context& c) {
  c.set(kS, "text"), c.set(kI, 7), c.set(kI64, -8), c.set(kU, 9), c.set(kU64, 10), c.set(kF, 1.5), c.set(kB, true);
  c.set(kN, nullptr), c.set(kL, kXY), c.set(kS2, "one"), c.set(kS2, "two");
  c.string(200, key_line(c, kS) + key_line(c, kI) + key_line(c, kI64) + key_line(c, kU) + key_line(c, kU64) +
                    key_line(c, kF) + key_line(c, kB) + key_line(c, kN) + key_line(c, kL) + key_line(c, kS2) +
                    key_line(c, kNone));
}

void negotiate_format(gin::Context& c) {
  std::vector<std::string_view> offers;
  std::string_view rest = c.header("X-Offer");
  for (size_t comma = rest.find(','); comma != std::string_view::npos; comma = rest.find(',')) {
    offers.push_back(rest.substr(0, comma));
    rest.remove_prefix(comma + 1);
  }
  offers.push_back(rest);
  c.string(200, "format={}\n", enc(c.negotiate_format(offers)));
}

}  // namespace duel::context

// Random requests to an application in the Gin style that reads and repeats everything.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/static_directory.h"
#include "router/gin/engine.h"
#include "router/gin/middleware/basic_auth.h"
#include "router/gin/middleware/cors.h"
#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/logger.h"
#include "router/gin/middleware/rate_limit.h"
#include "router/gin/middleware/request_id.h"
#include "router/gin/middleware/timeout.h"
#include "tests/e2e/random_content.h"
#include "tests/router/random/conversation.h"
#include "tests/temporary_directory.h"

namespace duel::gin {
namespace {

const http::StaticDirectory* files = nullptr;  // set while the test runs

// --- handlers that read

struct Inner {
  std::string_view city;
  int8_t floor = 0;
  static constexpr auto json_fields = fields(field("city", &Inner::city), field("a", &Inner::floor));
};

// Its fields have the names of e2e::kFieldNames, and every type that can be bound.
struct Everything {
  std::string_view name;
  int age = 0;
  uint64_t id = 0;
  double score = 0;
  float x = 0;
  bool admin = false;
  std::optional<bool> flag;
  std::optional<std::string_view> b;
  std::span<const std::string_view> list;
  std::vector<int> a;
  std::string note;
  std::span<const Inner> map;  // a list of objects
  Inner inner;
  static constexpr auto json_fields =
      fields(field("name", &Everything::name), field("age", &Everything::age), field("id", &Everything::id),
             field("score", &Everything::score), field("x", &Everything::x), field("admin", &Everything::admin),
             field("flag", &Everything::flag), field("b", &Everything::b), field("list", &Everything::list),
             field("a", &Everything::a), field("note", &Everything::note), field("inner", &Everything::inner));
};

// The same with a list of objects, which only JSON has.
struct Document {
  std::span<const Inner> map;
  std::vector<Everything> list;
  std::optional<Everything> inner;
  static constexpr auto json_fields =
      fields(field("map", &Document::map), field("list", &Document::list), field("inner", &Document::inner));
};

struct Demanding {
  std::string_view name;
  int age = 0;
  std::vector<std::string_view> list;
  static constexpr auto json_fields = fields(field("name", &Demanding::name, required),
                                             field("age", &Demanding::age, required), field("list", &Demanding::list));
};

// Few fields, so that most requests can be bound.
struct Numbers {
  double score = 0;
  std::optional<float> x;
  std::vector<double> a;
  static constexpr auto json_fields =
      fields(field("score", &Numbers::score), field("x", &Numbers::x), field("a", &Numbers::a));
};

struct Fields {
  std::string_view accept;
  std::optional<int> length;
  std::span<const std::string_view> cookies;
  std::vector<std::string_view> ranges;
  static constexpr auto json_fields = fields(field("Accept", &Fields::accept), field("Content-Length", &Fields::length),
                                             field("Cookie", &Fields::cookies), field("range", &Fields::ranges));
};

// The texts that a handler can read by name, one after another.
class Texts {
 public:
  void add(std::string_view text) { texts_.emplace_back(text); }
  void add(std::span<const std::string_view> texts) {
    for (const std::string_view text : texts) add(text);
  }
  void add(std::span<const Pair> pairs) {
    for (const auto& [name, value] : pairs) {
      add(name);
      add(value);
    }
  }
  const std::vector<std::string>& all() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

void read_values(Input& c, Texts& texts) {
  for (const std::string_view name : e2e::kFieldNames) {
    texts.add(c.query(name));
    texts.add(c.find_query(name).value_or("none"));
    texts.add(c.query_array(name));
    texts.add(c.query_map(name));
    texts.add(c.default_post_form(name, "none"));
    texts.add(c.post_form_array(name));
    texts.add(c.post_form_map(name));
    texts.add(c.cookie(name).value_or("none"));
    texts.add(c.param(name));
    if (const FormFile* file = c.form_file(name)) texts.add(file->bytes);
  }
  for (const FormFile& file : c.form_files()) {
    for (const std::string_view text : {file.name, file.filename, file.content_type, file.bytes}) texts.add(text);
  }
}

void read_request(Input& c, Texts& texts) {
  for (const std::string_view text : {c.method(), c.path(), c.body(), c.content_type(), c.full_path(), c.handler_name(),
                                      c.form_error(), c.client_ip(), c.remote_ip()}) {
    texts.add(text);
  }
  for (size_t i = 0; i < c.param_count(); ++i) {
    texts.add(c.param_name(i));
    texts.add(c.param(i));
  }
  for (const http::Field field : c.request().fields) texts.add(c.header(field.name));
}

void read_all(Context& c) {
  Texts texts;
  read_values(c, texts);
  read_request(c, texts);
  c.json(200, H{{"texts", texts.all()}});
}

void read_copy(Context& c) {
  const std::unique_ptr<RequestCopy> copy = c.copy();
  Texts texts;
  read_values(*copy, texts);
  read_request(*copy, texts);
  c.indented_json(200, H{{"texts", texts.all()}});
}

// What several bindings have given.
template <class T>
struct Bound {
  std::vector<T> values;
  std::vector<std::string> errors;
  static constexpr auto json_fields = fields(field("values", &Bound::values), field("errors", &Bound::errors));

  void add(const binding::BindResult& error, const T& value) {
    if (error) return errors.emplace_back(error->message), void();
    values.push_back(value);
  }
};

template <class T>
void bind_every_way(Context& c) {
  Bound<T> bound;
  for (const auto bind : {&Input::should_bind<T>, &Input::should_bind_query<T>, &Input::should_bind_form<T>,
                          &Input::should_bind_uri<T>, &Input::should_bind_header<T>, &Input::should_bind_json<T>}) {
    T value;
    const binding::BindResult error = (c.*bind)(value);
    bound.add(error, value);
  }
  c.pure_json(200, bound);
}

void bind_document(Context& c) {
  Document document;
  if (c.bind_json(document)) c.json(200, document);
}
void bind_list(Context& c) {
  std::vector<Everything> list;
  if (c.bind_json(list)) c.json(200, list);
}

void bind_fields(Context& c) {
  Fields values;
  if (c.bind_header(values)) c.json(200, values);
}

// Answers by itself if the request does not fit.
void must_bind(Context& c) {
  Demanding value;
  if (c.bind(value)) c.json(200, value);
}
void must_bind_query(Context& c) {
  Demanding value;
  if (c.bind_query(value) && c.bind_uri(value)) c.json(200, value);
}

// --- handlers that repeat a text of the client

std::string_view text_of(Context& c) {
  for (const std::string_view text :
       {c.query("note"), c.post_form("note"), c.cookie("note").value_or(""), c.param("id")}) {
    if (!text.empty()) return text;
  }
  return c.body();
}

void repeat_field(Context& c) {
  c.set_header("X-Text", text_of(c));
  c.add_header("X-Text", c.query("b"));
  c.add_header(c.query("name"), "x");
  c.set_header("ETag", c.query("id"));
  c.string(200, c.response_header("X-Text"));
}
void repeat_cookie(Context& c) {
  c.set_cookie({.name = "a", .value = text_of(c)});
  c.set_cookie({.name = c.query("name"), .value = "x"});
  c.set_cookie({.name = "b", .value = "x", .path = text_of(c), .same_site = SameSite::kLax});
  c.set_cookie({.name = "id", .value = "x", .domain = text_of(c)});
  c.string(200, "set");
}
void repeat_redirect(Context& c) {
  c.redirect(302, text_of(c));
}
void repeat_path(Context& c) {
  c.redirect(301, c.path());
}
void repeat_filename(Context& c) {
  const FormFile* const file = c.form_file("file");
  const std::string name(file != nullptr ? file->filename : text_of(c));
  c.set_header("Content-Disposition", "attachment; filename=\"" + name + "\"");
  c.data(200, file != nullptr ? file->content_type : "text/plain", file != nullptr ? file->bytes : "none");
}
void repeat_type(Context& c) {
  c.data(200, text_of(c), c.body());
}
void repeat_stream(Context& c) {
  c.set_header("X-Text", c.query("b"));
  c.write(text_of(c));
  size_t left = 3;
  c.stream([&](Context& to) {
    to.write(to.body());
    return --left > 0;
  });
}
void repeat_error(Context& c) {
  c.error(text_of(c));
  c.abort_with_json(400, H{{"errors", c.errors().size()}, {"first", c.errors().front().message}});
}
void serve_file(Context& c) {
  c.file(*files, c.param("rest"));
}
void refuse(Context& c) {
  c.string(c.status(), c.path());
}

// --- the application

constexpr Network kTrusted[] = {network("127.0.0.1"), network("10.0.0.0/8"), network("::1")};
constexpr Options kOptions{.redirect_fixed_path = true,
                           .handle_method_not_allowed = true,
                           .use_raw_path = true,
                           .remove_extra_slash = true,
                           .proxies = {.trusted = kTrusted}};
constexpr Options kPlatform{.proxies = {.platform_field = "X-Real-Ip"}};
constexpr std::string_view kOrigins[] = {"http://*.example", "null"};
constexpr middleware::CorsOptions kCors{.origins = kOrigins, .allow_credentials = true};
constexpr middleware::Account kAccounts[] = {{"a", "b"}};
constexpr middleware::BasicAuthOptions kAuth{.accounts = kAccounts};
constexpr middleware::TimeoutOptions kTimeout{.limit = std::chrono::hours(1)};
middleware::RequestLog request_log;
middleware::RateLimiter limiter({.per_second = 1e9, .burst = 1e9});

constexpr auto kRoutes = routes(
    any("/read", read_all), any("/read/:id", read_all), any("/read/:id/*name", read_all), any("/copy/:id", read_copy),
    any("/bind", bind_every_way<Everything>), any("/bind/:id/:age", bind_every_way<Everything>),
    any("/demand/:name/:age", bind_every_way<Demanding>), any("/numbers/:score/:x", bind_every_way<Numbers>),
    any("/document", bind_document), any("/list", bind_list), any("/fields", bind_fields), any("/must", must_bind),
    any("/must/:name", must_bind_query), any("/field/:id", repeat_field), any("/cookie/:id", repeat_cookie),
    any("/redirect", repeat_redirect), any("/redirect/:id", repeat_redirect), any("/path/*rest", repeat_path),
    any("/file", repeat_filename), any("/type", repeat_type), any("/stream", repeat_stream),
    any("/error", repeat_error), any("/static/*rest", serve_file));
constexpr auto kGuarded =
    group("/guarded",
          use(middleware::cors<kCors>, middleware::gzip<>, middleware::request_id, middleware::logger<request_log>,
              middleware::rate_limit<limiter>, middleware::timeout<kTimeout>),
          kRoutes, group("/auth", use(middleware::basic_auth<kAuth>), any("/read", read_all)));
constexpr auto kApp = router(kOptions, kRoutes, kGuarded, no_route(refuse), no_method(refuse));
constexpr auto kPlainApp = router(kPlatform, use(middleware::gzip<>), kRoutes);

const std::vector<std::string> kPatterns = {"/numbers/:score/:x",
                                            "/read",
                                            "/read/:id",
                                            "/read/:id/*name",
                                            "/copy/:id",
                                            "/bind",
                                            "/bind/:id/:age",
                                            "/demand/:name/:age",
                                            "/document",
                                            "/document",
                                            "/list",
                                            "/list",
                                            "/fields",
                                            "/must",
                                            "/must",
                                            "/must/:name",
                                            "/field/:id",
                                            "/cookie/:id",
                                            "/redirect",
                                            "/redirect/:id",
                                            "/path/*rest",
                                            "/file",
                                            "/type",
                                            "/stream",
                                            "/error",
                                            "/static/*rest",
                                            "/static/a.txt",
                                            "/static/folder",
                                            "/guarded/auth/read",
                                            "/guarded/read/:id",
                                            "/guarded/bind",
                                            "/guarded/field/:id",
                                            "/guarded/file",
                                            "/guarded/static/a.txt",
                                            "/guarded/redirect",
                                            "/none/:id"};

class RandomGin : public ::testing::Test {
 protected:
  RandomGin() : null_(open("/dev/null", O_WRONLY | O_CLOEXEC)) {
    folder_.write("a.txt", "0123456789");
    folder_.write("folder/index.html", "<p>");
    served_.emplace(folder_.path().string());
    files = &*served_;
    request_log.start(null_);
  }
  ~RandomGin() override {
    request_log.stop();
    close(null_);
  }

 private:
  TemporaryDirectory folder_;
  std::optional<http::StaticDirectory> served_;
  int null_;
};

TEST_F(RandomGin, RequestsAreNeverAServerError) {
  Engine<kApp> engine;
  random::converse(engine, kPatterns);
}

TEST_F(RandomGin, RequestsAreNeverAServerErrorWithTheDefaults) {
  Engine<kPlainApp> engine(/*pool=*/false);
  random::converse(engine, kPatterns);
}

}  // namespace
}  // namespace duel::gin

// Random requests to an application in the Beego style that reads and repeats everything.

#include <gtest/gtest.h>

#include <any>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/static_directory.h"
#include "router/beego/engine.h"
#include "router/beego/flash.h"
#include "router/beego/session/memory_provider.h"
#include "router/beego/session/sqlite_provider.h"
#include "tests/e2e/random_content.h"
#include "tests/router/random/conversation.h"
#include "tests/temporary_directory.h"

namespace duel::beego {
namespace {

constexpr std::string_view kSecret = "secret";
std::string folder;  // for saved files; set while the test runs
std::unique_ptr<http::StaticDirectory> files;

class Reader : public Controller {
 public:
  // Every kind of value under every name.
  void values() {
    List texts;
    for (const std::string_view name : e2e::kFieldNames) {
      texts.emplace_back(std::string(get_string(name, "none")));
      for (const std::string& text : get_strings(name)) texts.emplace_back(text);
      add(texts, get_int(name, 7));
      add(texts, get_int8(name));
      add(texts, get_uint8(name));
      add(texts, get_int16(name));
      add(texts, get_uint16(name));
      add(texts, get_int32(name));
      add(texts, get_uint32(name));
      add(texts, get_int64(name));
      add(texts, get_uint64(name));
      add(texts, get_float(name));
      add(texts, get_bool(name));
      texts.emplace_back(std::string(context().get_cookie(name)));
      texts.emplace_back(std::string(input().param(":" + std::string(name))));
    }
    answer(texts);
  }

  void files() {
    List texts;
    for (const std::string_view name : e2e::kFieldNames) {
      for (const FormFile* file : get_files(name)) {
        texts.emplace_back(file->field + file->filename + std::string(file->content_type) + std::string(file->bytes));
      }
      texts.emplace_back(save_to_file(name, folder + "/saved"));
      texts.emplace_back(get_file(name) != nullptr);
    }
    answer(texts);
  }

  void request() {
    List texts;
    for (const std::string_view text :
         {input().method(), input().url(), input().body(), input().protocol(), input().uri(), input().scheme(),
          input().host(), input().domain(), input().sub_domains(), input().referer(), input().user_agent(),
          input().own_field("_method"), input().form_error()}) {
      texts.emplace_back(std::string(text));
    }
    texts.emplace_back(input().site());
    texts.emplace_back(input().ip());
    texts.emplace_back(input().port());
    for (const std::string_view proxy : input().proxy()) texts.emplace_back(std::string(proxy));
    for (const http::Field field : context().request().fields) {
      texts.emplace_back(std::string(input().header(field.name)));
    }
    for (const bool is :
         {is_ajax(), input().is_secure(), input().is_websocket(), input().is_upload(), input().accepts_html(),
          input().accepts_xml(), input().accepts_json(), input().accepts_yaml(), input().parse_form()}) {
      texts.emplace_back(is);
    }
    answer(texts);
  }

  void session() {
    const std::string text = text_of();
    switch (text.size() % 5) {
      case 0:
        set_session(get_string("name", "a"), text);
        break;
      case 1:
        del_session(get_string("name", "a"));
        break;
      case 2:
        session_regenerate_id();
        break;
      case 3:
        destroy_session();
        break;
      default:
        start_session().flush();
        break;
    }
    const session::Value value = get_session(get_string("name", "a"));
    const std::string* const kept = std::get_if<std::string>(&value);
    answer({kept != nullptr ? *kept : std::string("none")});
  }

  void signed_cookie() {
    List texts;
    for (const std::string_view name : e2e::kFieldNames) {
      texts.emplace_back(context().get_secure_cookie(kSecret, name).value_or("none"));
    }
    context().set_secure_cookie(kSecret, "a", text_of());
    context().set_secure_cookie(kSecret, get_string("name"), "x");
    answer(texts);
  }

  void flash() {
    const Flash read = Flash::read(context());
    List texts;
    for (const auto& [key, message] : read.messages()) texts.emplace_back(key + message);
    Flash next;
    next.notice(text_of());
    next.set(get_string("name"), get_string("b"));
    next.store(context());
    answer(texts);
  }

  void xsrf() {
    check_xsrf_cookie_of(xsrf_token());
    output().body(xsrf_form_html());
  }

  void formats() {
    const std::string text = text_of();
    const Record record{.type = "Form", .fields = {{"Text", text}, {"Name", std::string(get_string("name"))}}};
    data()["json"] = data()["xml"] = data()["yaml"] = data()["jsonp"] = record;
    switch (get_string("id").size() % 6) {
      case 0:
        return serve_json(true);
      case 1:
        return serve_xml();
      case 2:
        return serve_yaml();
      case 3:
        return serve_jsonp();
      case 4:
        return serve_formatted();
      default:
        return set_data(Map{{text, List{text, 1, 1.5, true, Map{{"a", text}}}}}), serve_formatted(true);
    }
  }
  void map() { resp(Map{{"text", text_of()}}); }
  void yaml() { output().yaml(Map{{text_of(), List{text_of(), Map{{std::string(get_string("b")), text_of()}}}}}); }
  void xml() {
    output().xml(Record{.type = "Form", .fields = {{"Text", text_of()}, {"List", List{text_of(), 1}}}}, true);
  }

  void field() {
    output().header("X-Text", text_of());
    output().add_header("X-Text", get_string("b"));
    output().header(get_string("name"), "x");
    output().header("Content-Type", get_string("note"));
    output().content_type(get_string("x"));
    output().body(input().body());
  }
  void cookie() {
    context().set_cookie("a", text_of());
    context().set_cookie(get_string("name"), "x");
    context().set_cookie("b", "x", {.path = get_string("id"), .domain = get_string("x"), .same_site = get_string("b")});
    output().replace_cookie("a", get_string("note"));
    output().body("set");
  }
  void to() { redirect(text_of(), 302); }
  void to_path() { redirect(input().url(), 301); }
  void download() { output().download(folder + "/a.txt", context().request(), text_of()); }
  void view() {
    data()["text"] = text_of();
    data()["list"] = List{text_of(), 1};
    view_of().tpl_name = "page.tpl";
    render();
  }
  void refuse() { custom_abort(400, text_of()); }
  void error() { output().error(text_of(), 404); }
  void urls() { output().body(url_for("Reader.Values", {{":id", text_of()}, {"b", std::string(get_string("b"))}})); }

  static ControllerClass reflect();

 private:
  template <typename T>
  static void add(List& texts, const std::optional<T>& value) {
    if (value) texts.emplace_back(*value);
  }
  void answer(const List& texts) {
    data()["json"] = texts;
    serve_json();
  }
  std::string text_of() {
    for (const std::string_view text : {get_string("note"), input().param(":id"), input().body()}) {
      if (!text.empty()) return std::string(text);
    }
    return {};
  }
  View& view_of() { return Controller::view(); }
  void check_xsrf_cookie_of(const std::string& token) {
    if (!token.empty() && input().is_post()) check_xsrf_cookie();
  }
};

struct Action {
  const char* name;
  void (Reader::*run)();
};
constexpr Action kActions[] = {{"Values", &Reader::values},
                               {"Files", &Reader::files},
                               {"Request", &Reader::request},
                               {"Session", &Reader::session},
                               {"Signed", &Reader::signed_cookie},
                               {"Flash", &Reader::flash},
                               {"Xsrf", &Reader::xsrf},
                               {"Formats", &Reader::formats},
                               {"Map", &Reader::map},
                               {"Yaml", &Reader::yaml},
                               {"Xml", &Reader::xml},
                               {"Field", &Reader::field},
                               {"Cookie", &Reader::cookie},
                               {"To", &Reader::to},
                               {"ToPath", &Reader::to_path},
                               {"Download", &Reader::download},
                               {"View", &Reader::view},
                               {"Refuse", &Reader::refuse},
                               {"Error", &Reader::error},
                               {"Urls", &Reader::urls}};

ControllerClass Reader::reflect() {
  ControllerClass reader = ControllerClass::of<Reader>("Reader");
  for (const Action& action : kActions) reader.method(action.name, action.run);
  return reader;
}

class RandomBeego : public ::testing::Test {
 protected:
  RandomBeego() {
    folder = folder_.path().string();
    folder_.write("a.txt", "0123456789");
    folder_.write("served/a.txt", "0123456789");
    folder_.write("views/page.tpl",
                  "{{text}} {{{text}}} {{#list}}{{.}}{{/list}} {{#flash.notice}}{{.}}{{/flash.notice}}");
    files = std::make_unique<http::StaticDirectory>(folder + "/served");
  }
  ~RandomBeego() override { files.reset(); }

  std::shared_ptr<App> make_app(AppOptions options, std::shared_ptr<session::Provider> sessions) {
    options.views_path = folder + "/views";
    const auto app = std::make_shared<App>(std::move(options));
    app->add_view_path(app->options().views_path);
    app->use_sessions(std::make_shared<session::Manager>(std::move(sessions)));
    for (const Action& action : kActions) {
      const std::string path = std::string("/") + action.name;
      app->router<Reader>(path + "/?:id", std::string("*:") + action.name);
      app->router<Reader>(path + "/:id/*", std::string("*:") + action.name);
      patterns_.insert(patterns_.end(), {path, path + "/:id", path + "/:id/*rest"});
    }
    app->any("/static/*", [](Context& c) {
      if (!files->serve(c.input.param(":splat"), c.request(), c.output.response())) c.abort(404, "404");
    });
    app->router<Reader>("/number/:id:int/:name([a-z]+).html", "*:Values");
    app->router<Reader>("/plain");  // its methods are not allowed
    patterns_.insert(patterns_.end(),
                     {"/static/*rest", "/static/a.txt", "/number/:id/:name.html", "/plain", "/none/:id"});
    app->error_handler("404", [](Context& c) { c.write_string(c.input.query("a")); });
    return app;
  }

  TemporaryDirectory folder_;
  std::vector<std::string> patterns_;
};

TEST_F(RandomBeego, RequestsAreNeverAServerError) {
  Engine engine(make_app({}, std::make_shared<session::MemoryProvider>()));
  random::converse(engine, patterns_);
}

TEST_F(RandomBeego, RequestsAreNeverAServerErrorWithOtherOptions) {
  const AppOptions options{.router_case_sensitive = false,
                           .run_mode = "dev",
                           .max_memory_bytes = 10'000,
                           .max_upload_bytes = 12'000,
                           .enable_xsrf = true,
                           .xsrf_key = "0123456789abcdef"};
  const auto pool = std::make_shared<sql::Pool>(sql::OpenOptions{.file = folder + "/sessions.db"},
                                                session::SqliteProvider::create_tables);
  Engine engine(make_app(options, std::make_shared<session::SqliteProvider>(pool)), {.pool_context = true});
  random::converse(engine, patterns_);
}

}  // namespace
}  // namespace duel::beego

#include "router/beego/controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "router/beego/engine.h"
#include "router/beego/flash.h"
#include "tests/router/beego/scripted_controller.h"

namespace duel::beego {
namespace {

using testing::Action;
using testing::Answer;
using testing::ControllerTest;
using testing::exchange;
using testing::Fields;
using testing::FullRequest;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(ControllerTest, TypedGettersReadTheFirstValue) {
  get("/act/9?i=-5&u=255&f=1e3&b=T&s=a&s=b&empty=", [](Controller& c) {
    EXPECT_EQ(c.get_int("i"), -5);
    EXPECT_EQ(c.get_int64("i"), -5);
    EXPECT_EQ(c.get_uint8("u"), 255);
    EXPECT_EQ(c.get_int8("u"), std::nullopt) << "does not fit";
    EXPECT_EQ(c.get_uint64("i"), std::nullopt);
    EXPECT_EQ(c.get_float("f"), 1000.0);
    EXPECT_EQ(c.get_bool("b"), true);
    EXPECT_EQ(c.get_bool("i"), std::nullopt);
    EXPECT_EQ(c.get_string("s"), "a");
    EXPECT_EQ(c.get_strings("s"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(c.get_strings("none", {"x"}), (std::vector<std::string>{"x"}));
    EXPECT_EQ(c.get_string("none", "def"), "def");
    EXPECT_EQ(c.get_int("empty", 3), 3);
    EXPECT_EQ(c.get_int("empty"), std::nullopt);
    EXPECT_EQ(c.get_int("s", 3), std::nullopt) << "the alternative replaces a missing value, not a wrong value";
    EXPECT_EQ(c.get_int(":id"), 9);
  });
}

// JSON cannot express the first of these numbers, so a client could cause a 500.
TEST_F(ControllerTest, NumbersAreFinite) {
  for (const std::string text : {"nan", "NaN", "-nan", "inf", "-inf", "%2Binf", "Infinity", "-INFINITY", "1e999",
                                 "-1e999", "nan(1)", "0x1", "1__0", "%201", "1%20", "1e", "--1", "%2B-1", "%00"}) {
    const Answer answer = get("/act?f=" + text, [](Controller& c) {
      EXPECT_EQ(c.get_float("f"), std::nullopt);
      EXPECT_EQ(c.get_float("f", 1.0), std::nullopt);
      EXPECT_EQ(c.get_int("f"), std::nullopt);
      c.data()["json"] = c.get_float("f").value_or(0.0);
      c.serve_json();
    });
    EXPECT_EQ(answer.body, "0") << text;
  }
}

TEST_F(ControllerTest, BodyFieldsComeBeforeQueryFields) {
  const Fields type = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  post("/act?v=query", type, "v=a+b%26", [](Controller& c) {
    EXPECT_EQ(c.get_strings("v"), (std::vector<std::string>{"a b&", "query"}));
  });
}

TEST_F(ControllerTest, UploadedFilesCanBeSaved) {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../x/é.txt\"\r\n\r\nhello\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"v\"\r\n\r\n1\r\n--b--\r\n";
  const std::string path = ::testing::TempDir() + "beego_upload_" + std::to_string(getpid());
  post("/act?v=0", {{"Content-Type", "multipart/form-data; boundary=b"}}, body, [&](Controller& c) {
    ASSERT_NE(c.get_file("f"), nullptr);
    EXPECT_EQ(c.get_file("f")->filename, "é.txt");
    EXPECT_EQ(c.get_strings("v"), (std::vector<std::string>{"0", "1"}));
    EXPECT_TRUE(c.save_to_file("f", path));
    EXPECT_FALSE(c.save_to_file("v", path));
    EXPECT_THROW(c.save_to_file("f", path + "/not/a/folder"), std::system_error);
  });
  std::ifstream saved(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(saved), {}), "hello");
  std::filesystem::remove(path);
}

TEST_F(ControllerTest, TheClientsAddressHasOneSpelling) {
  constexpr std::string_view kCases[][2] = {
      {"::FFFF:1.2.3.4", "1.2.3.4"},
      {"[::ffff:102:304]:55, 5.6.7.8", "1.2.3.4"},
      {"1.2.3.4 , 5.6.7.8", "1.2.3.4"},
      {"1.2.3.4:55", "1.2.3.4"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"[2001:DB8::1]", "2001:db8::1"},
      {"[FE80::1%eth0]:80", "fe80::1%eth0"},
      {"unknown", "unknown"},
      {"_Hidden:80", "_Hidden"},
      {"[x]", "[x]"},
  };
  for (const auto& [sent, spelling] : kCases) {
    get("/act", [&](Controller& c) { EXPECT_EQ(c.input().ip(), spelling) << sent; },
        {{"X-Forwarded-For", std::string(sent)}});
  }
}

TEST_F(ControllerTest, InputKnowsTheClientAndTheHost) {
  const Fields fields = {{"Host", "aa.bb.example.com:8080"},
                         {"X-Forwarded-For", "1.2.3.4:55, 5.6.7.8"},
                         {"X-Forwarded-Proto", "https"},
                         {"X-Requested-With", "XMLHttpRequest"},
                         {"Accept", "text/html,application/json;q=1"},
                         {"Cookie", "a=1"},
                         {"Cookie", "b=\"2\""}};
  get(
      "/act?x=1",
      [](Controller& c) {
        const context::Input& in = c.input();
        EXPECT_EQ(in.host(), "aa.bb.example.com");
        EXPECT_EQ(in.port(), 8080);
        EXPECT_EQ(in.site(), "https://aa.bb.example.com");
        EXPECT_EQ(in.sub_domains(), "aa.bb");
        EXPECT_EQ(in.ip(), "1.2.3.4");
        EXPECT_EQ(in.proxy(), (std::vector<std::string_view>{"1.2.3.4:55", " 5.6.7.8"}));
        EXPECT_TRUE(in.is_ajax() && in.is_secure() && in.is_get() && in.accepts_html());
        EXPECT_FALSE(in.is_post() || in.is_websocket() || in.is_upload() || in.accepts_json());
        EXPECT_EQ(in.uri(), "/act?x=1");
        EXPECT_EQ(in.url(), "/act");
        EXPECT_EQ(in.protocol(), "HTTP/1.1");
        EXPECT_EQ(in.cookie("a"), "1");
        EXPECT_EQ(in.cookie("b"), "2");
      },
      fields);
  get("/act",
      [](Controller& c) {
        EXPECT_EQ(c.input().host(), "::1");
        EXPECT_EQ(c.input().port(), 0);
        EXPECT_EQ(c.input().scheme(), "http");
        EXPECT_EQ(c.input().sub_domains(), "");
        EXPECT_TRUE(c.input().proxy().empty());
      },
      {{"Host", "[::1]:x"}});
}

TEST_F(ControllerTest, ServesEachFormat) {
  const auto serve = [](Controller& c) {
    c.set_data(values::Record{.type = "User", .fields = {{"Id", 7}}});
    c.serve_formatted();
  };
  const Answer json = get("/act", serve);
  EXPECT_EQ(json.body, R"({"Id":7})");
  EXPECT_EQ(json.fields("Vary"), std::vector<std::string>{"Accept"}) << "a cache must not send it as XML";
  const Answer xml = get("/act", serve, {{"Accept", "text/xml"}});
  EXPECT_EQ(xml.field("Content-Type"), "application/xml; charset=utf-8");
  EXPECT_EQ(xml.body, "<User><Id>7</Id></User>");
  const Answer yaml = get("/act", serve, {{"Accept", "application/x-yaml"}});
  EXPECT_EQ(yaml.field("Content-Type"), "application/x-yaml; charset=utf-8");
  EXPECT_EQ(yaml.body, "id: 7\n");
  const Answer map = get("/act", [](Controller& c) { c.output().xml(values::Map{}); });
  EXPECT_EQ(map.status, 500);
  EXPECT_EQ(map.field("Content-Type"), "text/plain; charset=utf-8");
}

TEST_F(ControllerTest, OutsideOfProductionJsonIsIndented) {
  make({.run_mode = "dev"});
  const auto serve = [](Controller& c) {
    c.set_data(values::Map{{"a", "é"}});
    c.serve_json(true);
  };
  EXPECT_EQ(get("/act", serve).body, "{\n  \"a\": \"\\u00e9\"\n}");
}

TEST_F(ControllerTest, JsonpCallsOnlyAFunction) {
  const auto serve = [](Controller& c) {
    c.data()["jsonp"] = 1;
    c.serve_jsonp();
  };
  const Answer answer = get("/act?callback=a.b%5B0%5D", serve);
  EXPECT_EQ(answer.field("Content-Type"), "application/javascript; charset=utf-8");
  EXPECT_EQ(answer.body, " if(window.a.b[0])a.b[0](1);\r\n");
  EXPECT_EQ(get("/act", serve).status, 400);
  EXPECT_EQ(get("/act?callback=alert(1)//", serve).status, 400);
}

TEST_F(ControllerTest, DownloadsAFile) {
  const std::string path = ::testing::TempDir() + "beego_download_" + std::to_string(getpid()) + ".txt";
  std::ofstream(path) << "hi\n";
  const Answer plain = get("/act", [&](Controller& c) { c.output().download(path, c.context().request(), "f.txt"); });
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.field("Content-Disposition"), "attachment; filename=f.txt");
  EXPECT_EQ(plain.field("Content-Type"), "application/octet-stream");
  EXPECT_EQ(plain.field("Cache-Control"), "must-revalidate");
  EXPECT_EQ(plain.field("Content-Length"), "3");
  const Answer named =
      get("/act", [&](Controller& c) { c.output().download(path, c.context().request(), "a b;\"é\r\nX: y.txt"); });
  EXPECT_EQ(named.field("Content-Disposition"),
            "attachment; filename=\"a b;\\\"____X: y.txt\"; filename*=utf-8''a%20b%3B%22%C3%A9%0D%0AX:%20y.txt");
  EXPECT_TRUE(named.field("X").empty());
  std::filesystem::remove(path);
  const Answer none = get("/act", [&](Controller& c) { c.output().download(path, c.context().request()); });
  EXPECT_EQ(none.status, 404);
  EXPECT_TRUE(none.field("Content-Disposition").empty());
}

TEST_F(ControllerTest, AbortsWithAPageOrWithText) {
  make();
  app_->error_handler("mine", [](Context& context) { context.write_string("my page"); });
  const Answer page = get("/act", [](Controller& c) { c.abort("401"); });
  EXPECT_EQ(page.status, 401);
  EXPECT_THAT(page.body, HasSubstr("401 Unauthorized"));
  EXPECT_EQ(get("/act", [](Controller& c) { c.abort("tea"); }).body, "tea");
  const Answer custom = get("/act", [](Controller& c) { c.custom_abort(418, "teapot"); });
  EXPECT_EQ(custom.status, 418);
  EXPECT_EQ(custom.body, "teapot");
  const Answer mine = get("/act", [](Controller& c) { c.custom_abort(409, "mine"); });
  EXPECT_EQ(mine.status, 409);
  EXPECT_EQ(mine.body, "my page");
  EXPECT_EQ(log_, "");
}

TEST_F(ControllerTest, TraceDoesNotEchoCredentials) {
  const Fields fields = {{"X-Mine", "1"}, {"cookie", "a=1"}, {"Authorization", "secret"}, {"proxy-authorization", "p"}};
  const FullRequest request("TRACE", "/act", fields);
  EXPECT_EQ(send(request, [](Controller& c) { c.trace(); }).body, "\r\nTRACE /act HTTP/1.1\r\nX-Mine: 1\r\n");
}

class ErrorPage : public Controller {
 public:
  void not_found() { output().body("no " + std::string(input().url())); }
  void odd() { throw std::runtime_error("the page itself fails"); }
  void again() { abort("418"); }
  static ControllerClass reflect() {
    return ControllerClass::of<ErrorPage>("ErrorPage")
        .method("Error404", &ErrorPage::not_found)
        .method("ErrorOdd", &ErrorPage::odd)
        .method("Error418", &ErrorPage::again)
        .method("Other", &ErrorPage::odd);
  }
};

TEST_F(ControllerTest, AnErrorControllerHasThePagesOfItsCodes) {
  make();
  app_->error_controller<ErrorPage>();
  const Answer missing = get("/none", nullptr);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, "no /none");
  EXPECT_EQ(get("/act", [](Controller& c) { c.custom_abort(409, "Odd"); }).status, 409);
  EXPECT_EQ(log_, "the page itself fails\n");
  EXPECT_EQ(get("/act", [](Controller& c) { c.abort("418"); }).status, 418)
      << "a page that aborts with its own code ends";
}

TEST_F(ControllerTest, FlashLivesForOneRequest) {
  const Answer stored = get("/act", [](Controller& c) {
    Flash flash;
    flash.notice("hi 3");
    flash.error("a\"b;c\r\n");
    flash.store(c.context());
    c.output().body("x");
  });
  EXPECT_EQ(stored.field("Set-Cookie"),
            "BEEGO_FLASH=%00error%23BEEGOFLASH%23a%22b%3Bc%0D%0A%00%00notice%23BEEGOFLASH%23hi+3%00; Path=/");
  const std::string cookie = stored.field("Set-Cookie").substr(0, stored.field("Set-Cookie").find(';'));
  const Answer read = get(
      "/act",
      [](Controller& c) {
        const Flash flash = Flash::read(c.context());
        EXPECT_EQ(flash.messages(), (std::map<std::string, std::string>{{"notice", "hi 3"}, {"error", "a\"b;c\r\n"}}));
        c.output().json(c.data()["flash"]);
      },
      {{"Cookie", cookie}});
  EXPECT_EQ(read.field("Set-Cookie"), "BEEGO_FLASH=; Max-Age=0; Path=/");
  EXPECT_THAT(read.body, HasSubstr("hi 3"));
  const Answer again = get("/act",
                           [](Controller& c) {
                             Flash flash = Flash::read(c.context());
                             flash.notice("still");
                             flash.store(c.context());
                             c.context().set_cookie("other", "1");
                             c.context().set_cookie("other", "2");
                           },
                           {{"Cookie", "BEEGO_FLASH=%00a%23BEEGOFLASH%23b%00"}});
  EXPECT_EQ(again.fields("Set-Cookie"),
            (std::vector<std::string>{"BEEGO_FLASH=%00a%23BEEGOFLASH%23b%00%00notice%23BEEGOFLASH%23still%00; Path=/",
                                      "other=1; Path=/", "other=2; Path=/"}))
      << "one field for the message; as in Beego, one for each call of set_cookie()";
  for (const char* broken : {"%zz", "", "%00%00", "a%23BEEGOFLASH%23b%23BEEGOFLASH%23c"}) {
    get("/act", [](Controller& c) { EXPECT_TRUE(Flash::read(c.context()).messages().empty()); },
        {{"Cookie", std::string("BEEGO_FLASH=") + broken}});
  }
}

TEST_F(ControllerTest, AMappingReplacesTheMethodOfTheClass) {
  class Mapped : public Controller {
   public:
    void show() { output().body("the class's"); }
    void url_mapping() override {
      if (!input().query("map").empty()) mapping("Show", [this] { output().body("the mapping's"); });
    }
  };
  make();
  app_->router("/mapped", ControllerClass::of<Mapped>("Mapped").method("Show", &Mapped::show), "get:Show");
  Engine engine(app_);
  EXPECT_EQ(exchange(engine, "GET", "/mapped").body, "the class's");
  EXPECT_EQ(exchange(engine, "GET", "/mapped?map=1").body, "the mapping's");
  EXPECT_EQ(exchange(engine, "GET", "/mapped").body, "the class's") << "a mapping lasts for one request";
  get("/act", [](Controller& c) {
    EXPECT_FALSE(c.handler_func("Show"));
    c.mapping("Show", [&c] { c.output().body("called"); });
    EXPECT_TRUE(c.handler_func("Show"));
    EXPECT_FALSE(c.handler_func("Other"));
  });
}

TEST_F(ControllerTest, UrlForFindsTheMethodsOfTheController) {
  get("/act", [](Controller& c) {
    EXPECT_EQ(c.url_for(".Act", {{":id", "7"}}), "/act/7");
    EXPECT_EQ(c.url_for("Scripted.Act"), "/act");
    EXPECT_EQ(c.url_for(""), "");
  });
}

class XsrfTest : public ControllerTest {
 protected:
  void SetUp() override { make({.enable_xsrf = true, .xsrf_key = "key"}); }
  static void ok(Controller& c) { c.output().body(c.xsrf_form_html()); }
  static std::string token_in(const std::string& form) { return form.substr(form.find("value=\"") + 7, 32); }
};

TEST_F(XsrfTest, AFormWithItsTokenIsAccepted) {
  const Answer form = get("/act", ok);
  EXPECT_THAT(form.field("Set-Cookie"), StartsWith("_xsrf="));
  EXPECT_THAT(form.field("Set-Cookie"), HasSubstr("; Path=/; Secure; HttpOnly"));
  const std::string cookie = form.field("Set-Cookie").substr(0, form.field("Set-Cookie").find(';'));
  const std::string token = token_in(form.body);
  const Fields urlencoded = {{"Cookie", cookie}, {"Content-Type", "application/x-www-form-urlencoded"}};
  const Answer sent = post("/act", urlencoded, "_xsrf=" + token, ok);
  EXPECT_EQ(sent.status, 200);
  EXPECT_TRUE(sent.fields("Set-Cookie").empty()) << "the client already has the cookie";
  EXPECT_EQ(post("/act", {{"Cookie", cookie}, {"X-Xsrftoken", token}}, "", ok).status, 200);
  EXPECT_EQ(post("/act", {{"Cookie", cookie}, {"X-Csrftoken", token}}, "", ok).status, 200);
}

TEST_F(XsrfTest, AMissingTokenIs422AndAWrongTokenIs417) {
  const Answer form = get("/act", ok);
  const std::string cookie = form.field("Set-Cookie").substr(0, form.field("Set-Cookie").find(';'));
  const std::string token = token_in(form.body);
  EXPECT_EQ(post("/act", {{"Cookie", cookie}}, "", ok).status, 422);
  EXPECT_EQ(post("/act", {{"Cookie", cookie}, {"X-Xsrftoken", "bad"}}, "", ok).status, 417);
  EXPECT_EQ(post("/act", {{"X-Xsrftoken", token}}, "", ok).status, 417) << "a token without its cookie";
  std::string forged = cookie;
  forged[8] = forged[8] == 'x' ? 'y' : 'x';
  EXPECT_EQ(post("/act", {{"Cookie", forged}, {"X-Xsrftoken", token}}, "", ok).status, 417);
  EXPECT_EQ(send(FullRequest("PATCH", "/act"), ok).status, 200) << "beego 2.1.0 protects only POST, PUT and DELETE";
}

TEST_F(XsrfTest, TheCookieIsSecureUnlessTheApplicationDecidesOtherwise) {
  EXPECT_THAT(get("/act", ok).field("Set-Cookie"), ::testing::EndsWith("; Path=/; Secure; HttpOnly"));
  make({.enable_xsrf = true, .xsrf_key = "key", .xsrf_secure = false});
  EXPECT_THAT(get("/act", ok).field("Set-Cookie"), ::testing::EndsWith("; Path=/; HttpOnly"));
}

TEST_F(XsrfTest, PutAndDeleteAreCheckedToo) {
  EXPECT_EQ(send(FullRequest("DELETE", "/act"), ok).status, 422);
  EXPECT_EQ(send(FullRequest("PUT", "/act"), ok).status, 422);
}

TEST(XsrfKeyTest, WithoutAKeyARandomKeyIsMade) {
  const App first({.enable_xsrf = true});
  const App second;
  EXPECT_EQ(first.options().xsrf_key.size(), 32);
  EXPECT_EQ(second.options().xsrf_key.size(), 32) << "controllers may check tokens while enable_xsrf is off";
  EXPECT_NE(first.options().xsrf_key, second.options().xsrf_key);
}

}  // namespace
}  // namespace duel::beego

// Members of Controller and Context that no other test calls.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/router/beego/scripted_controller.h"

namespace duel::beego {
namespace {

using testing::Answer;
using testing::ControllerTest;
using testing::Fields;
using ::testing::HasSubstr;

class MembersTest : public ControllerTest {};

TEST_F(MembersTest, NumbersOutsideOfTheirTypeAreRefused) {
  get("/act?a=-32768&b=-32769&c=65535&d=65536&e=-2147483648&f=-2147483649&g=4294967295&h=4294967296&i=-1",
      [](Controller& c) {
        EXPECT_EQ(c.get_int16("a"), -32768);
        EXPECT_EQ(c.get_int16("b"), std::nullopt);
        EXPECT_EQ(c.get_uint16("c"), 65535);
        EXPECT_EQ(c.get_uint16("d"), std::nullopt);
        EXPECT_EQ(c.get_int32("e"), -2147483648);
        EXPECT_EQ(c.get_int32("f"), std::nullopt);
        EXPECT_EQ(c.get_uint32("g"), 4294967295);
        EXPECT_EQ(c.get_uint32("h"), std::nullopt);
        EXPECT_EQ(c.get_uint32("i"), std::nullopt);
        EXPECT_EQ(c.get_uint32("none", 7), 7);
      });
}

TEST_F(MembersTest, AllFilesAndAllValuesOfAField) {
  const std::string part = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"";
  const std::string body = part + "1\"\r\n\r\none\r\n" + part + "2\"\r\n\r\ntwo\r\n--b--\r\n";
  post("/act?v=1&v=2", {{"Content-Type", "multipart/form-data; boundary=b"}}, body, [](Controller& c) {
    const auto files = c.get_files("f");
    ASSERT_EQ(files.size(), 2);
    EXPECT_EQ(files[1]->filename, "2");
    EXPECT_TRUE(c.get_files("v").empty());
    EXPECT_TRUE(c.input().parse_form());
    ASSERT_NE(c.input().queries("v"), nullptr);
    EXPECT_EQ(*c.input().queries("v"), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(c.input().queries("none"), nullptr);
    EXPECT_TRUE(c.input().is_upload() && c.input().is_post());
  });
}

TEST_F(MembersTest, InputKnowsTheMethodAndTheAcceptedFormats) {
  struct Case {
    const char* method;
    bool (Input::*is)() const;
  };
  for (const Case& one : {Case{"PUT", &context::Input::is_put}, Case{"DELETE", &context::Input::is_delete},
                          Case{"HEAD", &context::Input::is_head}, Case{"PATCH", &context::Input::is_patch},
                          Case{"OPTIONS", &context::Input::is_options}}) {
    int asked = 0;
    send(testing::FullRequest(one.method, "/act"), [&](Controller& c) {
      ++asked;
      EXPECT_TRUE((c.input().*one.is)()) << one.method;
      EXPECT_FALSE(c.input().is_get());
    });
    EXPECT_EQ(asked, 1) << one.method;
  }
  const Fields fields = {{"Accept", "application/xml"}, {"Referer", "http://a/b"}, {"User-Agent", "me/1"}};
  get(
      "/act",
      [](Controller& c) {
        EXPECT_TRUE(c.input().accepts_xml());
        EXPECT_FALSE(c.input().accepts_yaml());
        EXPECT_EQ(c.input().referer(), "http://a/b");
        EXPECT_EQ(c.input().user_agent(), "me/1");
        EXPECT_EQ(c.controller_name(), "Scripted");
        EXPECT_EQ(c.action_name(), "Act");
      },
      fields);
  get("/act", [](Controller& c) { EXPECT_TRUE(c.input().accepts_yaml()); }, {{"Accept", "application/x-yaml"}});
}

// The statuses from 100 to 599 for which `holds` returns true.
template <class Holds>
std::vector<int> statuses(context::Output& output, Holds holds) {
  std::vector<int> found;
  for (int status = 100; status < 600; ++status) {
    output.set_status(status);
    if ((output.*holds)()) found.push_back(status);
  }
  output.set_status(0);
  return found;
}

TEST_F(MembersTest, OutputKnowsTheKindOfTheChosenStatus) {
  get("/act", [](Controller& c) {
    context::Output& out = c.output();
    EXPECT_EQ(statuses(out, &Output::is_ok), (std::vector<int>{200}));
    EXPECT_EQ(statuses(out, &Output::is_empty), (std::vector<int>{201, 204, 304}));
    EXPECT_EQ(statuses(out, &Output::is_redirect), (std::vector<int>{301, 302, 303, 307}));
    EXPECT_EQ(statuses(out, &Output::is_forbidden), (std::vector<int>{403}));
    EXPECT_EQ(statuses(out, &Output::is_not_found), (std::vector<int>{404}));
    EXPECT_EQ(statuses(out, &Output::is_successful).size(), 100);
    EXPECT_EQ(statuses(out, &Output::is_cachable).size(), 101);
    EXPECT_EQ(statuses(out, &Output::is_client_error).size(), 100);
    EXPECT_EQ(statuses(out, &Output::is_server_error).front(), 500);
  });
}

TEST_F(MembersTest, FieldsAreAddedOrReplaced) {
  const Answer answer = get("/act", [](Controller& c) {
    c.output().header("X-One", "a");
    c.output().header("X-One", "b");
    c.output().add_header("X-Two", "a");
    c.output().add_header("X-Two", "b");
    c.output().body("x");
  });
  EXPECT_EQ(answer.fields("X-One"), (std::vector<std::string>{"b"}));
  EXPECT_EQ(answer.fields("X-Two"), (std::vector<std::string>{"a", "b"}));
}

TEST_F(MembersTest, EachFormatHasAServeFunction) {
  const values::Record user{.type = "User", .fields = {{"Id", 7}}};
  EXPECT_EQ(get("/act", [&](Controller& c) { c.data()["xml"] = user, c.serve_xml(); }).body, "<User><Id>7</Id></User>");
  EXPECT_EQ(get("/act", [&](Controller& c) { c.data()["yaml"] = user, c.serve_yaml(); }).body, "id: 7\n");
  EXPECT_EQ(get("/act", [](Controller& c) { c.serve_json(); }).body, "null");
  const auto resp = [&](Controller& c) { c.resp(user); };
  EXPECT_EQ(get("/act", resp).body, R"({"Id":7})");
  EXPECT_EQ(get("/act", resp, {{"Accept", "application/xml"}}).body, "<User><Id>7</Id></User>");
}

TEST_F(MembersTest, AClientThatWantsXmlOfAMapGets406) {
  const std::vector<std::any> values = {values::Map{{"a", 1}}, values::List{values::Map{}},
                                        values::Record{.type = "T", .fields = {{"f", values::Map{}}}}};
  for (const std::any& value : values) {
    const auto resp = [&](Controller& c) { c.resp(value); };
    const auto serve = [&](Controller& c) { c.set_data(value), c.serve_formatted(); };
    for (const std::function<void(Controller&)>& send : {std::function<void(Controller&)>(resp), {serve}}) {
      for (const char* accept : {"application/xml", "text/xml"}) {
        const Answer answer = get("/act", send, {{"Accept", accept}});
        EXPECT_EQ(answer.status, 406);
        EXPECT_EQ(answer.field("Vary"), "Accept");
      }
      for (const char* accept : {"application/x-yaml", "*/*"}) {
        EXPECT_EQ(get("/act", send, {{"Accept", accept}}).status, 200) << accept;
      }
    }
  }
}

TEST_F(MembersTest, OnlyAnUnchangedSecureCookieIsRead) {
  const Answer made = get("/act", [](Controller& c) {
    c.context().set_secure_cookie("secret", "who", "ann", {.http_only = true});
    c.output().body("x");
  });
  const std::string field = made.field("Set-Cookie");
  EXPECT_THAT(field, HasSubstr("; HttpOnly"));
  const std::string cookie = field.substr(0, field.find(';'));
  std::string altered = cookie;
  altered[sizeof "who=" - 1] ^= 1;
  const auto read = [&](const std::string& sent, const char* secret) {
    std::optional<std::string> value;
    get("/act", [&](Controller& c) { value = c.context().get_secure_cookie(secret, "who"); }, {{"Cookie", sent}});
    return value;
  };
  EXPECT_EQ(read(cookie, "secret"), "ann");
  EXPECT_EQ(read(cookie, "other"), std::nullopt);
  EXPECT_EQ(read(altered, "secret"), std::nullopt);
  EXPECT_EQ(read("a=1", "secret"), std::nullopt);
}

TEST_F(MembersTest, ATemplateCanBeRenderedToText) {
  const std::string folder = ::testing::TempDir() + "beego_members_" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/hi.tpl") << "hi {{name}}";
  make();
  app_->add_view_path(folder);
  const Answer answer = get("/act", [&](Controller& c) {
    c.view().view_path = folder;
    c.view().tpl_name = "hi.tpl";
    c.data()["name"] = std::string("<ann>");
    c.output().body("[" + c.render_text() + "]");
  });
  EXPECT_EQ(answer.body, "[hi &lt;ann&gt;]");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace duel::beego

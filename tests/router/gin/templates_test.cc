#include "router/gin/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

using ::testing::HasSubstr;

struct Person {
  std::string_view name;
  int age = 0;
  std::optional<bool> admin;
  std::vector<std::string_view> tags;
  static constexpr auto json_fields = fields(field("name", &Person::name), field("age", &Person::age),
                                             field("admin", &Person::admin), field("tags", &Person::tags));
};

// Renders the text as the only template.
std::string rendered(const std::string& text, const auto& value, Delimiters delimiters = {}) {
  Templates templates(delimiters);
  Page page(templates, "t");
  templates.load({{"t", text}, {"part.html", "<i>{{name}}</i>"}});
  const Answer answer = probe("?", [&](Context& c) { c.html(201, page, value); });
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.field("Content-Type"), "text/html; charset=utf-8");
  return answer.body;
}

std::string failure(const std::function<void()>& load) {
  try {
    load();
  } catch (const TemplateError& error) {
    return error.what();
  }
  return "loaded";
}

TEST(Html, ShowsAValueEscaped) {
  const Person ann{.name = "<b>\"&'\u00e9", .age = 36, .admin = true, .tags = {"x", "<y>"}};
  EXPECT_EQ(rendered("{{name}} {{{name}}} {{age}} {{none}}", ann),
            "&lt;b&gt;&quot;&amp;&apos;\u00e9 <b>\"&'\u00e9 36 ");
  EXPECT_EQ(rendered("{{#tags}}[{{.}}]{{/tags}}{{#admin}}!{{/admin}}", ann), "[x][&lt;y&gt;]!");
  EXPECT_EQ(rendered("a{{> part.html}}b", H{{"name", "n"}}), "a<i>n</i>b");
  EXPECT_EQ(rendered("{{#user}}{{name}}{{/user}}", H{{"user", ann}}), "&lt;b&gt;&quot;&amp;&apos;\u00e9");
}

TEST(Html, NullFalseAndEmptyTextTurnASectionOff) {
  EXPECT_EQ(rendered("{{^name}}none{{/name}}{{#admin}}!{{/admin}}{{^tags}}-{{/tags}}{{#age}}{{age}}{{/age}}", Person{}),
            "none-0");
}

TEST(Html, OtherDelimiters) {
  constexpr Delimiters kMarks{"<%", "%>"};
  EXPECT_EQ(rendered("{{name}} <%name%> <%& name%>", H{{"name", "<"}}, kMarks), "{{name}} &lt; <");
  EXPECT_EQ(rendered("<%> part.html %>", H{{"name", "<"}}, kMarks), "<i>{{name}}</i>");
}

TEST(Html, FollowsABodyAndHasNoneWithoutContent) {
  Templates templates;
  Page page(templates, "t");
  templates.load({{"t", "page"}});
  EXPECT_EQ(probe("?",
                  [&](Context& c) {
                    c.string(200, "before ");
                    c.html(200, page, H{});
                  })
                .body,
            "before page");
  EXPECT_EQ(probe("?", [&](Context& c) { c.html(204, page, H{}); }).body, "");
}

TEST(Html, APageThatIsNotLoadedIsAnErrorOfTheHandler) {
  Templates templates;
  Page page(templates, "t");
  EXPECT_THROW(probe("?", [&](Context& c) { c.html(200, page, H{}); }), std::logic_error);
}

TEST(Templates, FindsEveryMistakeWhenTheyAreLoaded) {
  Templates templates;
  Page page(templates, "page.html");
  const auto load = [&](const templates::Sources& sources) { return failure([&] { templates.load(sources); }); };
  EXPECT_EQ(load({{"other.html", ""}}), "there is no template page.html, which a gin::Page names; load its file");
  EXPECT_EQ(load({{"page.html", "{{name"}}), "the template page.html is broken: a {{ tag does not end");
  EXPECT_EQ(load({{"page.html", "{{> none.html}}"}}),
            "the template page.html is broken: there is no template none.html");
  EXPECT_THAT(load({{"page.html", "{{#a}}"}}), HasSubstr("Unclosed section"));
  EXPECT_EQ(load({{"page.html", "{{=a b=}}"}}),
            "the template page.html is broken: a template cannot change the delimiters");
  EXPECT_EQ(load({{"page.html", ""}}), "loaded");
  Templates marked(Delimiters{"<", "= >"});
  EXPECT_THAT(failure([&] { marked.load({{"t", ""}}); }), HasSubstr("delimiters are empty, or have a blank"));
}

class TemplateFiles : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ + "/sub"); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ + "/" + name) << text; }

  std::string folder_ = ::testing::TempDir() + "gin_templates_" + std::to_string(getpid());
};

TEST_F(TemplateFiles, AreNamedWithoutTheirFolder) {
  write("page.html", "{{> part.html}}");
  write("part.html", "part");
  Templates templates;
  Page page(templates, "page.html");
  templates.load_glob(folder_ + "/*");
  EXPECT_EQ(probe("?", [&](Context& c) { c.html(200, page, H{}); }).body, "part");
}

TEST_F(TemplateFiles, ThatAreNotThereAreNamed) {
  Templates templates;
  EXPECT_THAT(failure([&] { templates.load_glob(folder_ + "/*.html"); }), HasSubstr("no file matches " + folder_));
  EXPECT_EQ(failure([&] { templates.load_files(std::array{folder_ + "/a.html"}); }),
            "the template " + folder_ + "/a.html cannot be read");
  EXPECT_EQ(failure([&] { templates.load_files(std::array{folder_}); }), "the template " + folder_ + " cannot be read");
  write("a.html", "");
  write("sub/a.html", "");
  EXPECT_EQ(failure([&] {
              templates.load_files(std::array{folder_ + "/a.html", folder_ + "/sub/a.html"});
            }),
            "two templates have the name a.html; rename " + folder_ + "/sub/a.html");
}

}  // namespace
}  // namespace duel::gin::testing

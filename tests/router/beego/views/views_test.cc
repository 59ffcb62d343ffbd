#include "router/beego/views/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego::views {
namespace {

using testing::Answer;
using testing::exchange;
using ::testing::HasSubstr;

class ViewsTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(folder_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::string failure_of(const std::string& name) {
    try {
      return "rendered: " + Views(folder_).render(name, {});
    } catch (const ViewError& failure) {
      return failure.what();
    }
  }

  std::string folder_ = ::testing::TempDir() + "beego_views_" + std::to_string(getpid());
};

TEST_F(ViewsTest, ShowsData) {
  write("a.tpl",
        "{{name}} {{{name}}} {{missing}}{{#list}}[{{.}}]{{/list}}{{^none}}none{{/none}} {{user.Id}}{{#ok}}!{{/ok}} "
        "{{age}}");
  const values::Data data = {{"name", std::string("<b>&\"'")},
                             {"list", values::List{1, "two"}},
                             {"none", values::List{}},
                             {"user", values::Record{.type = "User", .fields = {{"Id", 7}}}},
                             {"ok", true},
                             {"age", uint8_t{7}}};
  EXPECT_EQ(Views(folder_).render("a.tpl", data), "&lt;b&gt;&amp;&quot;&apos; <b>&\"' [1][two]none 7! 7");
}

TEST_F(ViewsTest, PartialsAreFoundInTheFolder) {
  write("sub/page.html", "<{{> parts/head.tpl }}>");
  write("parts/head.tpl", "{{title}}");
  write("readme.txt", "no template");
  const Views views(folder_);
  EXPECT_EQ(views.size(), 2);
  EXPECT_EQ(views.render("sub/page.html", {{"title", std::string("T")}}), "<T>");
}

TEST_F(ViewsTest, ABrokenTemplateSaysWhyAndOtherTemplatesWork) {
  write("good.tpl", "good");
  write("open.tpl", "{{name");
  write("section.tpl", "{{#a}}never closed");
  write("self.tpl", "x{{> self.tpl}}");
  write("lost.tpl", "{{> nowhere.tpl}}");
  write("other.tpl", "{{=<% %>=}}");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{{#a}}";
  write("deep.tpl", deep);
  EXPECT_EQ(failure_of("good.tpl"), "rendered: good");
  EXPECT_THAT(failure_of("open.tpl"), HasSubstr("open.tpl is broken: a {{ tag does not end"));
  EXPECT_THAT(failure_of("section.tpl"), HasSubstr("section.tpl is broken: Unclosed section"));
  EXPECT_THAT(failure_of("self.tpl"), HasSubstr("includes itself"));
  EXPECT_THAT(failure_of("lost.tpl"), HasSubstr("there is no template nowhere.tpl"));
  EXPECT_THAT(failure_of("other.tpl"), HasSubstr("cannot change the delimiters"));
  EXPECT_THAT(failure_of("deep.tpl"), HasSubstr("sections nested deeper"));
  EXPECT_THAT(failure_of("none.tpl"), HasSubstr("there is no template"));
  EXPECT_THROW(Views(folder_ + "/none"), ViewError);
}

TEST_F(ViewsTest, ExpandedPartialsHaveALimit) {
  const std::string next[] = {"{{> 1.tpl}}", "{{> 2.tpl}}", std::string(200'000, 'x')};
  for (size_t i = 0; i < 3; ++i) {
    std::string text = next[i];
    for (int copies = 1; i < 2 && copies < 10; ++copies) text += next[i];
    write(std::to_string(i) + ".tpl", text);
  }
  EXPECT_THAT(failure_of("0.tpl"), HasSubstr("larger than 1 MiB"));
}

class Pages : public Controller {
 public:
  void show() {
    data()["name"] = std::string("<you>");
    if (input().query("layout") == "1") {
      view().layout = "layout.tpl";
      view().layout_sections = {{"Side", "side.tpl"}, {"Foot", ""}};
    }
  }
  void named() {
    view().tpl_prefix = "sub/";
    view().tpl_name = "named.tpl";
    output().header("Content-Type", "text/plain");
  }
  void broken() { view().tpl_name = "broken.tpl"; }
  void elsewhere() { view().view_path = "elsewhere"; }
  void none() { view().enable_render = false; }
  void chosen() { output().set_status(204); }

  static ControllerClass reflect() {
    return ControllerClass::of<Pages>("Pages")
        .method("Show", &Pages::show)
        .method("Named", &Pages::named)
        .method("Broken", &Pages::broken)
        .method("Elsewhere", &Pages::elsewhere)
        .method("None", &Pages::none)
        .method("Chosen", &Pages::chosen);
  }
};

class RenderTest : public ViewsTest {
 protected:
  void SetUp() override {
    ViewsTest::SetUp();
    write("pages/show.tpl", "hello {{name}}");
    write("layout.tpl", "<{{{LayoutContent}}}|{{{Side}}}|{{{Foot}}}>");
    write("side.tpl", "for {{name}}");
    write("sub/named.tpl", "named");
    write("broken.tpl", "{{#a}}");
    app_ = std::make_shared<App>(AppOptions{
        .panic_log = [this](std::string_view path,
                            std::string_view what) { log_ += std::string(path) + ": " + std::string(what) + "\n"; },
        .views_path = folder_});
    app_->add_view_path(folder_);
    app_->auto_router(Pages::reflect());
  }
  Answer get(const std::string& target) {
    Engine engine(app_);
    return exchange(engine, "GET", target);
  }

  std::string log_;
  std::shared_ptr<App> app_;
};

TEST_F(RenderTest, AControllerThatWritesNothingShowsItsTemplate) {
  const Answer answer = get("/pages/show");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(answer.body, "hello &lt;you&gt;");
}

TEST_F(RenderTest, ALayoutShowsThePageAndItsSections) {
  EXPECT_EQ(get("/pages/show?layout=1").body, "<hello &lt;you&gt;|for &lt;you&gt;|>");
}

TEST_F(RenderTest, AControllerMayNameATemplate) {
  const Answer answer = get("/pages/named");
  EXPECT_EQ(answer.body, "named");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain");
}

TEST_F(RenderTest, NothingIsRenderedIfRenderingIsOffOrAStatusIsChosen) {
  EXPECT_EQ(get("/pages/none").status, 200);
  EXPECT_EQ(get("/pages/none").body, "");
  EXPECT_EQ(get("/pages/chosen").status, 204);
  EXPECT_EQ(log_, "");
}

TEST_F(RenderTest, ABrokenOrMissingTemplateIs500WithAReason) {
  const Answer broken = get("/pages/broken");
  EXPECT_EQ(broken.status, 500);
  EXPECT_EQ(broken.body, "");
  EXPECT_THAT(log_, HasSubstr("/pages/broken: the template " + folder_ + "/broken.tpl is broken: "));
  EXPECT_EQ(get("/pages/elsewhere").status, 500);
  EXPECT_THAT(log_, HasSubstr("/pages/elsewhere: there is no view path elsewhere"));
  std::filesystem::remove_all(folder_);
  EXPECT_EQ(get("/pages/show").body, "hello &lt;you&gt;") << "templates are read once, by add_view_path()";
}

}  // namespace
}  // namespace duel::beego::views

#include "servers/config/app_conf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/servers/memory_files.h"

namespace duel::servers::config {
namespace {

using ::testing::StartsWith;

class AppConfTest : public ::testing::Test {
 protected:
  AppConf load(const std::string& text) {
    files_["conf/app.conf"] = text;
    return load_conf(files_, environment_);
  }
  // The value in the default section, or "-" if there is none.
  std::string value(const std::string& text, const std::string& key) {
    const AppConf conf = load(text);
    const auto* const found = conf.find("default", key);
    return found == nullptr ? "-" : found->text;
  }
  std::string error(const std::string& text) {
    try {
      load(text);
    } catch (const ConfigError& failure) {
      return failure.what();
    }
    return "no error";
  }

  Files files_;
  Variables environment_;
};

TEST_F(AppConfTest, FindsKeysInAnyLetterCase) {
  const AppConf conf = load("HttpPORT=1\n");
  ASSERT_NE(conf.find("default", "HTTPPort"), nullptr);
  EXPECT_EQ(conf.find("default", "httpport")->text, "1");
  EXPECT_EQ(conf.find("default", "HTTPPort")->key, "HttpPORT");
  EXPECT_EQ(conf.find("default", "port"), nullptr);
  EXPECT_EQ(conf.find("dev", "HTTPPort"), nullptr);
}

TEST_F(AppConfTest, ParsesEveryFormOfALine) {
  EXPECT_EQ(value("k=v", "k"), "v");
  EXPECT_EQ(value("  k \t=\t v w  \n", "k"), "v w");
  EXPECT_EQ(value("k=a=b\n", "k"), "a=b");
  EXPECT_EQ(value("k =\n", "k"), "-");
  EXPECT_EQ(value("k = v # no comment\n", "k"), "v # no comment");
  EXPECT_EQ(value("# k = 1\n; k = 2\n  # k = 3\n", "k"), "-");
  EXPECT_EQ(value("k=1\nk=2\n", "k"), "2") << "the later line wins";
  EXPECT_EQ(value("", "k"), "-");
  EXPECT_EQ(value("\n\n\n", "k"), "-");
}

TEST_F(AppConfTest, StripsQuotesAsBeegoDoes) {
  EXPECT_EQ(value("k = \" v \"", "k"), " v ");
  EXPECT_EQ(value("k = \"\"v\"\"", "k"), "v");
  EXPECT_EQ(value("k = \"v", "k"), "v");
  EXPECT_EQ(value("k = v\"", "k"), "v\"");
  EXPECT_EQ(value("k = 'v'", "k"), "'v'");
  EXPECT_EQ(value("k = \"\"", "k"), "-");
}

TEST_F(AppConfTest, IgnoresByteOrderMarkAndCarriageReturns) {
  EXPECT_EQ(value("\xEF\xBB\xBFk = v\r\nl = w\r\n", "k"), "v");
  EXPECT_EQ(value("\xEF\xBB\xBFk = v\r\nl = w\r\n", "l"), "w");
  EXPECT_EQ(load("a = 1\r\n\r\nb = 2\r\n").find("default", "b")->line, 3U);
}

TEST_F(AppConfTest, MergesSectionsOfTheSameName) {
  const AppConf conf = load("k = 1\n[ DEV ]\nk = 2\n[prod]\n[dev]\nl = 3\n[default]\nm = 4\n");
  EXPECT_EQ(conf.find("default", "k")->text, "1");
  EXPECT_EQ(conf.find("dev", "k")->text, "2");
  EXPECT_EQ(conf.find("dev", "l")->text, "3");
  EXPECT_EQ(conf.find("default", "m")->text, "4");
  EXPECT_EQ(conf.section_place("dev"), "conf/app.conf:2");
  EXPECT_EQ(conf.section_place("prod"), "conf/app.conf:4");
}

TEST_F(AppConfTest, ReplacesEnvironmentVariablesInValues) {
  environment_ = {{"SET", "value"}, {"EMPTY", ""}};
  EXPECT_EQ(value("k = ${SET}", "k"), "value");
  EXPECT_EQ(value("k = ${SET||other}", "k"), "value");
  EXPECT_EQ(value("k = \"${SET||other}\"", "k"), "value");
  EXPECT_EQ(value("k = ${UNSET||other}", "k"), "other");
  EXPECT_EQ(value("k = ${UNSET||a||b}", "k"), "a||b");
  EXPECT_EQ(value("k = ${UNSET||a}b}", "k"), "a}b");
  EXPECT_EQ(value("k = ${EMPTY||other}", "k"), "other");
  EXPECT_EQ(value("k = ${UNSET}", "k"), "-");
  EXPECT_EQ(value("k = ${UNSET||}", "k"), "-");
  EXPECT_EQ(value("k = a${SET}", "k"), "a${SET}");
  EXPECT_EQ(value("k = ${SET}b", "k"), "${SET}b");
  EXPECT_EQ(value("k = ${}", "k"), "-");
  EXPECT_EQ(value("k = ${", "k"), "${");
  EXPECT_EQ(load("k = ${SET||x}").find("default", "k")->variable, "SET");
  EXPECT_EQ(load("k = ${UNSET||x}").find("default", "k")->variable, "");
}

TEST_F(AppConfTest, IncludesAFileBesideIt) {
  files_["conf/other.conf"] = "k = other\nl = other\n[dev]\nm = other\n";
  for (const char* line : {"include \"other.conf\"", "include other.conf", "INCLUDE\t\"./x/../other.conf\""}) {
    const AppConf conf = load(std::string("[prod]\nk = 1\nl = 1\n[default]\nk = 1\n") + line + "\nl = 2\n");
    EXPECT_EQ(conf.find("default", "k")->text, "other") << "the include comes later";
    EXPECT_EQ(conf.find("default", "k")->file, "conf/other.conf");
    EXPECT_EQ(conf.find("default", "k")->line, 1U);
    EXPECT_EQ(conf.find("default", "l")->text, "2") << "the include came earlier";
    EXPECT_EQ(conf.find("dev", "m")->text, "other");
    EXPECT_EQ(conf.find("prod", "l")->text, "1");
  }
}

TEST_F(AppConfTest, AnIncludeDoesNotChangeTheSection) {
  files_["conf/other.conf"] = "[dev]\nk = 1\n";
  const AppConf conf = load("[prod]\ninclude \"other.conf\"\nl = 2\n");
  EXPECT_EQ(conf.find("dev", "k")->text, "1");
  EXPECT_EQ(conf.find("prod", "l")->text, "2");
  EXPECT_EQ(conf.find("dev", "l"), nullptr);
}

TEST_F(AppConfTest, ResolvesIncludesRelativeToTheIncludingFile) {
  files_["conf/deep/a.conf"] = "include b.conf\n";
  files_["conf/deep/b.conf"] = "k = deep\n";
  EXPECT_EQ(value("include deep/a.conf\n", "k"), "deep");
  files_["/etc/c.conf"] = "k = absolute\n";
  EXPECT_EQ(value("include /etc/c.conf\n", "k"), "absolute");
  files_["conf/with space.conf"] = "k = space\n";
  EXPECT_EQ(value("include \"with space.conf\"\n", "k"), "space");
}

TEST_F(AppConfTest, RefusesEndlessIncludes) {
  EXPECT_EQ(error("\ninclude app.conf\n"),
            "conf/app.conf:2: include 'app.conf': the file includes itself, directly or through another file");
  files_["conf/a.conf"] = "include ./b.conf\n";
  files_["conf/b.conf"] = "k=1\ninclude ../conf/app.conf\n";
  EXPECT_THAT(error("include a.conf\n"),
              StartsWith("conf/b.conf:2: include '../conf/app.conf': the file includes itself"));
  for (int i = 0; i < 20; ++i) files_["conf/" + std::to_string(i)] = "include " + std::to_string(i + 1) + "\n";
  EXPECT_EQ(error("include 0\n"), "conf/6:1: include '7': more than 8 files include each other in a chain");
  files_["conf/c.conf"] = "k=1\n";
  std::string many;
  for (int i = 0; i < 70; ++i) many += "include c.conf\n";
  EXPECT_EQ(error(many), "conf/app.conf:64: include 'c.conf': more than 64 files are included");
}

TEST_F(AppConfTest, AcceptsAFileThatIsIncludedTwice) {
  files_["conf/c.conf"] = "k=1\n";
  EXPECT_EQ(value("include c.conf\nk=2\ninclude c.conf\n", "k"), "1");
}

TEST_F(AppConfTest, RefusesLinesOfNoKnownForm) {
  EXPECT_EQ(error("k = 1\nwhat\n"),
            "conf/app.conf:2: 'what': expected key = value, [section], include \"file\" or # comment");
  EXPECT_THAT(error("[dev\n"), StartsWith("conf/app.conf:1: '[dev'"));
  EXPECT_THAT(error("included x\n"), StartsWith("conf/app.conf:1: 'included x'"));
  EXPECT_THAT(error("include\n"), StartsWith("conf/app.conf:1: 'include'"));
  EXPECT_EQ(error("include \"\"\n"), "conf/app.conf:1: the include has no file name; expected include \"file\"");
  EXPECT_EQ(error(" = 1\n"), "conf/app.conf:1: there is no key before '='; expected key = value");
  EXPECT_THAT(error(std::string("\n\nk = a\0b\n", 10)), StartsWith("conf/app.conf:3: the line has a NUL byte"));
}

TEST_F(AppConfTest, RefusesLongLines) {
  const std::string just = "k = " + std::string(kMaxLineBytes - 4, 'v');
  EXPECT_EQ(value(just + "\n", "k").size(), kMaxLineBytes - 4);
  EXPECT_EQ(error("\n" + just + "v"), "conf/app.conf:2: the line is longer than 8192 bytes");
  EXPECT_LT(error(std::string(kMaxLineBytes, 'x')).size(), 200U) << "the message shows only the start of the line";
}

TEST_F(AppConfTest, EscapesOddBytesInMessages) {
  EXPECT_THAT(error("\x1B[31m\xFF\n"), StartsWith("conf/app.conf:1: '\\x1b[31m\\xff': "));
}

TEST_F(AppConfTest, RefusesMissingFiles) {
  EXPECT_EQ(error("k = 1\ninclude gone.conf\n"), "conf/app.conf:2: include 'gone.conf': there is no such file");
  files_.clear();
  EXPECT_THROW(load_conf(files_, environment_), ConfigError);
}

}  // namespace
}  // namespace duel::servers::config

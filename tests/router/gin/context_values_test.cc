#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/router/gin/probe.h"

namespace duel::gin::binding {
bool operator==(const Pair& a, const Pair& b) {
  return a.name == b.name && a.value == b.value;
}
}  // namespace duel::gin::binding

namespace duel::gin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Query, TellsAnEmptyValueFromNone) {
  probe("?name=Manu&last=&flag", [](Context& c) {
    EXPECT_EQ(c.query("name"), "Manu");
    EXPECT_EQ(c.default_query("last", "none"), "");
    EXPECT_EQ(c.default_query("id", "none"), "none");
    EXPECT_EQ(c.find_query("flag"), "");
    EXPECT_EQ(c.find_query("id"), std::nullopt);
  });
}

TEST(Query, DecodesNamesAndValues) {
  probe("?a%20b=1+2%2B3&%61=x", [](Context& c) {
    EXPECT_EQ(c.query("a b"), "1 2+3");
    EXPECT_EQ(c.query("a"), "x");
  });
}

TEST(Query, PassesOverWhatIsMalformed) {
  probe("?a=%zz&a=%4&b;c=1&a%=2&=3&&a=ok&%", [](Context& c) {
    EXPECT_THAT(c.query_array("a"), ElementsAre("ok"));
    EXPECT_EQ(c.find_query("b"), std::nullopt);
    EXPECT_EQ(c.find_query("a%"), std::nullopt);
    EXPECT_EQ(c.find_query(""), "3");
  });
}

TEST(Query, GivesEveryValueOfAName) {
  probe("?id=1&x=9&id=2%2C&id=", [](Context& c) {
    EXPECT_THAT(c.query_array("id"), ElementsAre("1", "2,", ""));
    EXPECT_THAT(c.query_array("none"), IsEmpty());
  });
}

TEST(Query, ReadsMapsAsGinDoes) {
  probe("?m[a]=1&m%5Bb%5D=2&m[a]=3&m[]=4&n[a]=5&m=6&m[c=7&m[d]e=8", [](Context& c) {
    EXPECT_THAT(c.query_map("m"),
                ElementsAre(binding::Pair{"a", "1"}, binding::Pair{"b", "2"}, binding::Pair{"d", "8"}));
  });
}

TEST(Query, BoundsTheKeysOfAMap) {
  std::string target = "?";
  for (int i = 0; i < 1000; ++i) target += "m[" + std::to_string(i) + "]=x&";
  probe(target, [](Context& c) { EXPECT_EQ(c.query_map("m").size(), binding::Values::kMaxMapKeys); });
}

const std::vector<FieldText> kForm = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};

TEST(Form, ReadsUrlencodedFields) {
  probe("POST", "?q=query", kForm, "a=1&b=x+y&a=2&m[k]=v", [](Context& c) {
    EXPECT_EQ(c.post_form("b"), "x y");
    EXPECT_THAT(c.post_form_array("a"), ElementsAre("1", "2"));
    EXPECT_THAT(c.post_form_map("m"), ElementsAre(binding::Pair{"k", "v"}));
    EXPECT_EQ(c.find_post_form("q"), std::nullopt) << "the query is no form";
    EXPECT_EQ(c.default_post_form("none", "fallback"), "fallback");
    EXPECT_EQ(c.form_error(), "");
  });
}

TEST(Form, NeedsItsMethodAndType) {
  probe("DELETE", "?", kForm, "a=1", [](Context& c) { EXPECT_EQ(c.find_post_form("a"), std::nullopt); });
  probe("POST", "?", {{"Content-Type", "text/plain"}}, "a=1",
        [](Context& c) { EXPECT_EQ(c.find_post_form("a"), std::nullopt); });
}

const std::vector<FieldText> kMultipart = {{"Content-Type", "multipart/form-data; boundary=\"b o\""}};

TEST(Multipart, ReadsFieldsAndFilesInPlace) {
  const std::string body =
      "preamble\r\n--b o\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
      "--b o \t\r\ncontent-disposition: form-data; name=f; filename=\"C:\\dir\\x \\\"y\\\".txt\"\r\n"
      "Content-Type: text/plain\r\n\r\nfile\r\n--b\r\n"
      "\r\n--b o\r\nContent-Disposition: form-data; name=\"e\"\r\n\r\n\r\n--b o--\r\nepilogue";
  probe("POST", "?", kMultipart, body, [&](Context& c) {
    EXPECT_EQ(c.form_error(), "");
    EXPECT_EQ(c.post_form("a"), "one");
    EXPECT_EQ(c.find_post_form("e"), "");
    const FormFile* file = c.form_file("f");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(file->filename, "x \"y\".txt");
    EXPECT_EQ(file->content_type, "text/plain");
    EXPECT_EQ(file->bytes, "file\r\n--b\r\n");
    EXPECT_GE(file->bytes.data(), body.data()) << "a view of the body";
    EXPECT_LT(file->bytes.data(), body.data() + body.size());
    EXPECT_EQ(c.form_file("a"), nullptr);
    EXPECT_EQ(c.form_files().size(), 1u);
  });
}

TEST(Multipart, NamesOfFilesLoseFoldersAndDrives) {
  const auto name_of = [](std::string_view sent) {
    const std::string body =
        "--b\r\nContent-Disposition: form-data; name=f; filename=\"" + std::string(sent) + "\"\r\n\r\nx\r\n--b--";
    std::string name = "no file";
    probe("POST", "?", {{"Content-Type", "multipart/form-data; boundary=b"}}, body, [&](Context& c) {
      if (const FormFile* file = c.form_file("f")) name = file->filename;
    });
    return name;
  };
  for (const char* sent : {"a.txt", "/x/a.txt", "../a.txt", "C:\\x\\a.txt", "C:a.txt", "c:a.txt", "x/C:a.txt"}) {
    EXPECT_EQ(name_of(sent), "a.txt") << sent;
  }
  EXPECT_EQ(name_of("12:30.txt"), "12:30.txt") << "no drive";
  EXPECT_EQ(name_of(":"), ":");
  for (const char* sent : {".", "..", "x/..", "C:..", "C:", "x/", "\\\\x\\\\"}) {
    EXPECT_EQ(name_of(sent), "") << sent << " names no file, but one was sent";
  }
  EXPECT_EQ(name_of(""), "no file");
}

TEST(Multipart, SaysWhatIsWrong) {
  const auto error_of = [](std::string_view type, std::string_view body) {
    std::string error;
    probe("POST", "?", {{"Content-Type", type}}, body, [&](Context& c) {
      EXPECT_EQ(c.find_post_form("a"), std::nullopt);
      error = c.form_error();
    });
    return error;
  };
  constexpr std::string_view kType = "multipart/form-data; boundary=b";
  const std::string part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
  EXPECT_EQ(error_of("multipart/form-data", ""), "Content-Type names no usable boundary");
  EXPECT_EQ(error_of("multipart/form-data; boundary=\"", ""), "Content-Type names no usable boundary");
  EXPECT_EQ(error_of("multipart/form-data; boundary=" + std::string(71, 'x'), ""),
            "Content-Type names no usable boundary");
  EXPECT_EQ(error_of(kType, ""), "the body ends before the form's last boundary");
  EXPECT_EQ(error_of(kType, part), "the body ends before the form's last boundary");
  EXPECT_EQ(error_of(kType, part + "--b"), "a boundary of the form is followed by something else");
  EXPECT_EQ(error_of(kType, "--bc\r\n"), "a boundary of the form is followed by something else");
  EXPECT_EQ(error_of(kType, "--b\r\nno end"), "the head of a part of the form does not end");
  EXPECT_EQ(error_of(kType, "--b\r\nno colon\r\n\r\nx\r\n--b--"), "the head of a part of the form is malformed");
  EXPECT_EQ(error_of(kType, "--b\r\n\r\nx\r\n--b--"), "a part of the form has no name");
  std::string many;
  for (size_t i = 0; i <= kMaxFormParts; ++i) many += part;
  EXPECT_EQ(error_of(kType, many + "--b--"), "the form has more than 1000 parts");
}

// Every prefix of a form is refused or read, never more: the sanitizers see to the rest.
TEST(Multipart, RefusesControlLettersInAHead) {
  for (const std::string_view bad : {std::string_view("\0", 1), std::string_view("\n"), std::string_view("\r"),
                                     std::string_view("\x7F"), std::string_view("\x1B")}) {
    const std::string body = "--b\r\nContent-Disposition: form-data; name=f; filename=\"a.php" + std::string(bad) +
                             ".png\"\r\n\r\nx\r\n--b--";
    probe("POST", "?", {{"Content-Type", "multipart/form-data; boundary=b"}}, body, [](Context& c) {
      EXPECT_EQ(c.form_error(), "the head of a part of the form is malformed");
      EXPECT_EQ(c.form_file("f"), nullptr);
    });
  }
}

TEST(Multipart, TakesEveryPrefix) {
  const std::string body = "--b\r\nContent-Disposition: form-data; name=\"a\\\"\"; filename=\"f\"\r\n\r\nx\r\n--b--";
  for (size_t size = 0; size <= body.size(); ++size) {
    const std::vector<char> exact(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    probe("POST", "?", {{"Content-Type", "multipart/form-data; boundary=b"}}, {exact.data(), size},
          [&](Context& c) { EXPECT_EQ(c.form_error().empty(), size == body.size()) << size; });
  }
}

TEST(Cookies, AreFoundAndDecoded) {
  probe("GET", "?", {{"Cookie", "a=1; b=\"x%20y\";c = z"}, {"cookie", "d=2; a=3"}}, "", [](Context& c) {
    EXPECT_EQ(c.cookie("a"), "1");
    EXPECT_EQ(c.cookie("b"), "x y");
    EXPECT_EQ(c.cookie("c"), "z");
    EXPECT_EQ(c.cookie("d"), "2");
    EXPECT_EQ(c.cookie("A"), std::nullopt);
  });
}

TEST(Cookies, MalformedOnesAreAbsent) {
  probe("GET", "?", {{"Cookie", "; =; a; b=%zz; c=\"; d=\\; e=\x01; f=\xC3\xA9; ;;; g=ok"}}, "", [](Context& c) {
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) EXPECT_EQ(c.cookie(name), std::nullopt) << name;
    EXPECT_EQ(c.cookie("g"), "ok");
  });
}

TEST(Cookies, AreSetWithTheirAttributes) {
  const Answer answer = probe("?", [](Context& c) {
    EXPECT_TRUE(c.set_cookie({.name = "id",
                              .value = "a b;c\r\n",
                              .path = "/x",
                              .domain = "example.com",
                              .max_age = std::chrono::hours(1),
                              .secure = true,
                              .http_only = true,
                              .same_site = SameSite::kStrict}));
    EXPECT_TRUE(c.set_cookie({.name = "plain", .value = "1"}));
    EXPECT_TRUE(c.set_cookie({.name = "no-path", .value = "1", .path = ""}));
    EXPECT_TRUE(c.set_cookie({.name = "gone", .value = "", .max_age = std::chrono::seconds(-1)}));
    EXPECT_FALSE(c.set_cookie({.name = "bad name", .value = "1"}));
    EXPECT_FALSE(c.set_cookie({.name = "x", .value = "1", .path = "/;Secure"}));
    EXPECT_FALSE(c.set_cookie({.name = "x", .value = "1", .domain = "a\r\nb"}));
    c.string(200, "ok");
    EXPECT_FALSE(c.set_cookie({.name = "late", .value = "1"}));
  });
  EXPECT_THAT(answer.head, ::testing::HasSubstr("Set-Cookie: id=a+b%3Bc%0D%0A; Path=/x; Domain=example.com; "
                                                "Max-Age=3600; HttpOnly; Secure; SameSite=Strict\r\n"
                                                "Set-Cookie: plain=1; Path=/\r\n"
                                                "Set-Cookie: no-path=1; Path=/\r\n"
                                                "Set-Cookie: gone=; Path=/; Max-Age=0\r\n"));
}

}  // namespace
}  // namespace duel::gin::testing

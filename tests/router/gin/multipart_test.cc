#include "router/gin/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/http/grammar/multipart_cases.h"
#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

namespace grammar = http::grammar::testing;

std::vector<grammar::MultipartFile> files_of(Context& c) {
  std::vector<grammar::MultipartFile> files;
  for (const FormFile& file : c.form_files()) {
    files.push_back(
        {std::string(file.name), std::string(file.filename), std::string(file.content_type), std::string(file.bytes)});
  }
  return files;
}

TEST(Multipart, ReadsTheCommonCases) {
  for (const grammar::MultipartCase& one : grammar::multipart_cases()) {
    SCOPED_TRACE(one.what);
    bool asked = false;
    probe("POST", "?", {{"Content-Type", one.content_type}}, one.body, [&](Context& c) {
      asked = true;
      EXPECT_EQ(c.form_error(), one.error);
      EXPECT_EQ(files_of(c), one.files);
      for (const auto& [name, values] : one.values) {
        EXPECT_THAT(c.post_form_array(name), ::testing::ElementsAreArray(values)) << name;
      }
      for (const char* name : {"a", "b", "f"}) {
        const auto listed = [&](const auto& field) { return field.first == name; };
        EXPECT_EQ(c.find_post_form(name).has_value(), std::any_of(one.values.begin(), one.values.end(), listed));
      }
    });
    EXPECT_TRUE(asked);
  }
}

TEST(Multipart, IsReadInEveryMethod) {
  const std::string body = grammar::value_part("a", "1") + grammar::kLastLine;
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    SCOPED_TRACE(method);
    std::string seen;
    probe(method, "?a=2&c=3", {{"Content-Type", "Multipart/Form-Data; boundary=b"}}, body,
          [&](Context& c) { seen = c.post_form("a"); });
    EXPECT_EQ(seen, "1");
  }
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

}  // namespace
}  // namespace duel::gin::testing

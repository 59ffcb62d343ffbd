#include "router/beego/context/multipart.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "router/beego/context/input.h"
#include "tests/http/grammar/multipart_cases.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego::context {
namespace {

namespace grammar = http::grammar::testing;

std::vector<grammar::MultipartFile> files_of(Input& input) {
  std::vector<grammar::MultipartFile> files;
  for (const std::string& field : {std::string("f"), std::string("a"), std::string("b")}) {
    for (const FormFile* file : input.files(field)) {
      files.push_back({file->field, file->filename, std::string(file->content_type), std::string(file->bytes)});
    }
  }
  return files;
}

TEST(Multipart, ReadsTheCommonCases) {
  for (const grammar::MultipartCase& one : grammar::multipart_cases()) {
    SCOPED_TRACE(one.what);
    const testing::FullRequest request("POST", "/", {{"Content-Type", one.content_type}}, one.body);
    Input input;
    input.reset(request.request());
    EXPECT_EQ(input.form_error(), one.error);
    if (!one.error.empty()) {
      EXPECT_THROW(input.query("a"), FormError);
      continue;
    }
    EXPECT_EQ(files_of(input), one.files);
    for (const auto& [name, values] : one.values) {
      ASSERT_NE(input.queries(name), nullptr) << name;
      EXPECT_EQ(*input.queries(name), values) << name;
    }
    for (const std::string_view name : {"a", "b", "f"}) {
      const auto listed = [&](const auto& field) { return field.first == name; };
      EXPECT_EQ(input.queries(name) != nullptr, std::any_of(one.values.begin(), one.values.end(), listed)) << name;
    }
  }
}

TEST(Multipart, FilesAreViewsOfTheBody) {
  const std::string body =
      grammar::part("Content-Disposition: form-data; name=f; filename=x\r\nContent-Type: text/plain", "bytes") +
      grammar::kLastLine;
  Form form;
  ASSERT_STREQ(form.parse_multipart(body, "multipart/form-data; boundary=b"), "");
  ASSERT_EQ(form.files().size(), 1);
  EXPECT_EQ(form.files()[0].bytes.data(), body.data() + body.find("bytes"));
  EXPECT_EQ(form.files()[0].content_type.data(), body.data() + body.find("text/plain"));
}

}  // namespace
}  // namespace duel::beego::context

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "http/grammar/multipart.h"

// Bodies of multipart/form-data and the values and files that every reader must find in them, for the tests of the
// grammar and of both router styles.
namespace duel::http::grammar::testing {

struct MultipartFile {
  std::string field;
  std::string filename;
  std::string content_type;
  std::string bytes;

  bool operator==(const MultipartFile&) const = default;
};

struct MultipartCase {
  std::string what;
  std::string body;
  std::vector<std::pair<std::string, std::vector<std::string>>> values = {};  // by name, in the order sent
  std::vector<MultipartFile> files = {};
  std::string error = {};  // if not empty, the body is malformed
  std::string content_type = "multipart/form-data; boundary=b";
};

// A part with the boundary "b" and this head.
inline std::string part(const std::string& head, const std::string& bytes) {
  return "--b\r\n" + head + "\r\n\r\n" + bytes + "\r\n";
}
inline std::string value_part(const std::string& name, const std::string& value) {
  return part("Content-Disposition: form-data; name=\"" + name + "\"", value);
}
// The head of a value "a".
inline std::string head_of_size(size_t size) {
  const std::string begin = "Content-Disposition: form-data; name=a\r\nX: ";
  return begin + std::string(size - begin.size(), 'x');
}
inline const std::string kLastLine = "--b--\r\n";

inline std::vector<MultipartCase> delimiter_cases() {
  const std::string value = value_part("a", "1");
  return {
      {.what = "values, files, a preamble and an epilogue",
       .body = "preamble\r\n" + value + value_part("a", "2") +
               part("Content-Type: text/plain\r\nContent-Disposition: form-data; name=f; filename=x.txt", "x\r\ny") +
               value_part("e", "") + kLastLine + "epilogue\r\n--b\r\n",
       .values = {{"a", {"1", "2"}}, {"e", {""}}},
       .files = {{"f", "x.txt", "text/plain", "x\r\ny"}}},
      {.what = "an empty form", .body = "--b--"},
      {.what = "blanks end a delimiter line",
       .body = "--b \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b-- ",
       .values = {{"a", {"1"}}}},
      {.what = "a line that begins with the boundary is content",
       .body = value_part("a", "--bX\r\n--bX--\r\n--b-\r\n--b-X\r\n--b\x01\r\n --b\r\n--B\r\n-\n--b\r--b") + kLastLine,
       .values = {{"a", {"--bX\r\n--bX--\r\n--b-\r\n--b-X\r\n--b\x01\r\n --b\r\n--B\r\n-\n--b\r--b"}}}},
      {.what = "a preamble may begin like the boundary",
       .body = "--bX\r\n--b X\r\n--b--X\r\n--b-\r\n" + value + kLastLine,
       .values = {{"a", {"1"}}}},
      {.what = "any line end ends a line of the preamble",
       .body = "\r\nx\n" + value + value_part("c", "2") + kLastLine,
       .values = {{"a", {"1"}}, {"c", {"2"}}}},
      {.what = "a line break before the form", .body = "\r\n" + value + kLastLine, .values = {{"a", {"1"}}}},
      {.what = "an epilogue of delimiters", .body = value + kLastLine + value + "--b", .values = {{"a", {"1"}}}},
      {.what = "an empty form with a preamble", .body = "x\r\n--b-- \t\r\n" + value},
      {.what = "an empty part that shares its empty line with the delimiter",
       .body = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--",
       .values = {{"a", {""}}}},
      {.what = "a part without head and content",
       .body = "--b\r\n\r\n--b\r\n\r\n\r\n" + value + kLastLine,
       .values = {{"a", {"1"}}}},
      {.what = "a quoted boundary, behind another parameter",
       .body = "--b o\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b\r\n--b o--",
       .values = {{"a", {"1\r\n--b"}}},
       .content_type = "multipart/form-data; charset=utf-8; Boundary = \"b o\""},
      {.what = "a boundary with escapes",
       .body = "--b\"\\x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b\"\\x--",
       .values = {{"a", {"1"}}},
       .content_type = "multipart/form-data; boundary=\"b\\\"\\\\x\""},
      {.what = "the same boundary twice",
       .body = value + kLastLine,
       .values = {{"a", {"1"}}},
       .content_type = "multipart/form-data; boundary=b; BOUNDARY=\"b\";"},
      {.what = "a boundary of special characters of RFC 2046",
       .body = "--'()+_,-./:=?\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--'()+_,-./:=?--",
       .values = {{"a", {"1"}}},
       .content_type = "multipart/form-data; boundary=\"'()+_,-./:=?\""},
      {.what = "the longest boundary",
       .body = "--" + std::string(70, 'b') + "--",
       .content_type = "multipart/form-data; boundary=" + std::string(70, 'b')},
  };
}

inline std::vector<MultipartCase> head_cases() {
  const auto found = [](std::string what, const std::string& head, std::string name = "a") {
    return MultipartCase{.what = std::move(what), .body = part(head, "1") + kLastLine, .values = {{name, {"1"}}}};
  };
  const auto file = [](std::string what, const std::string& head, MultipartFile found_file) {
    return MultipartCase{
        .what = std::move(what), .body = part(head, "1") + kLastLine, .files = {std::move(found_file)}};
  };
  const auto no_field = [](std::string what, const std::string& head) {
    return MultipartCase{
        .what = std::move(what), .body = part(head, "1") + value_part("b", "2") + kLastLine, .values = {{"b", {"2"}}}};
  };
  return {
      found("names of fields and parameters ignore case", "CONTENT-disposition:FORM-data;NAME=a"),
      found("blanks around '='", "Content-Disposition: form-data ; name \t= \"a\" "),
      found("blanks around '=' of a token", "Content-Disposition: form-data; name = a "),
      found("blanks around '=' of a quoted text", "Content-Disposition: form-data; name \t = \t\"a\""),
      found("a semicolon at the end", "Content-Disposition: form-data; name=a ; "),
      found("no blanks", "Content-Disposition:form-data;name=a;x=y"),
      found("the characters of a token", "Content-Disposition: form-data; name=!#$%&'*+-.^_`{|}~", "!#$%&'*+-.^_`{|}~"),
      found("the special characters of MIME in quotes", "Content-Disposition: form-data; name=\"()<>@,;:/[]?=\"",
            "()<>@,;:/[]?="),
      found("a backslash escapes the special characters of MIME",
            R"(Content-Disposition: form-data; name="\(\)\<\>\@\,\;\:\\\"\/\[\]\?\=")", R"(()<>@,;:\"/[]?=)"),
      found("a backslash before any other character stands for itself",
            R"(Content-Disposition: form-data; name="C:\a\1\ \'")", R"(C:\a\1\ \')"),
      found("escapes", R"(Content-Disposition: form-data; name="a\"\\\b;c")", "a\"\\\\b;c"),
      found("bytes above 0x7E", "Content-Disposition: form-data; name=\"\xC3\xA9\xFF\"", "\xC3\xA9\xFF"),
      found("a fold before a parameter", "Content-Disposition: form-data;\r\n name=\"a\""),
      found("folds everywhere", "Content-Disposition:\r\n\tform-data\r\n ;\r\n \r\n  name\r\n =\r\n a\r\n "),
      found("a fold in quotes", "Content-Disposition: form-data; name=\"a \r\n\t b\"", "a b"),
      found("escapes and a fold", "Content-Disposition: form-data; name=\"\\\"\\\\\r\n b\\\"\"", "\"\\ b\""),
      found("a field after a folded field", "X: y\r\n z\r\nContent-Disposition: form-data; name=a"),
      found("the first of two Content-Disposition fields counts",
            "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b; filename=x"),
      found("a second disposition is ignored, even a malformed one",
            "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=\"b"),
      found("the same parameter twice", "Content-Disposition: form-data; name=a; NAME=\"a\""),
      found("another encoding of the name", "Content-Disposition: form-data; name=a; name*=utf-8''b"),
      found("a file name in another encoding", "Content-Disposition: form-data; name=a; filename*=utf-8''x"),
      found("a file name in pieces", "Content-Disposition: form-data; name=a; filename*0=x; filename*1=y"),
      found("content in another encoding",
            "Content-Transfer-Encoding: quoted-printable\r\nContent-Disposition: form-data; name=a"),
      found("a file without a name is a value", "Content-Disposition: form-data; name=a; filename=\"\""),
      found("a head of the largest size", head_of_size(kMaxPartHeadBytes)),
      no_field("another disposition", "Content-Disposition: attachment; name=\"a\""),
      no_field("another disposition before form-data",
               "Content-Disposition: attachment; name=a\r\nContent-Disposition: form-data; name=a"),
      no_field("no disposition", "X: y"),
      no_field("another disposition that begins like form-data", "Content-Disposition: form-data2; name=a"),
      no_field("a disposition without parameters", "Content-Disposition: form-data"),
      no_field("only a name in another encoding", "Content-Disposition: form-data; name*=utf-8''a"),
      no_field("only a name in pieces", "Content-Disposition: form-data; name*0=a"),
      no_field("no name", "Content-Disposition: form-data; filename=x"),
      no_field("an empty name", "Content-Disposition: form-data; name=\"\""),
      file("the first Content-Type counts",
           "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Disposition: form-data; name=f; filename=x",
           {"f", "x", "a/b", "1"}),
      file("a folded Content-Type",
           "Content-Type: text/plain;\r\n  charset=\"\\\"\"\r\nContent-Disposition: form-data; name=f; filename=x",
           {"f", "x", "text/plain; charset=\"\\\"\"", "1"}),
  };
}

inline std::vector<MultipartCase> filename_cases() {
  std::vector<MultipartCase> cases;
  for (const auto& [sent, kept] : std::vector<std::pair<std::string, std::string>>{
           {"a.txt", "a.txt"},
           {"/x/a.txt", "a.txt"},
           {"../../etc/passwd", "passwd"},
           {"C:\\x\\a.txt", "a.txt"},
           {"C:a.txt", "a.txt"},
           {"c:a.txt", "a.txt"},
           {"x/C:a.txt", "a.txt"},
           {"C:\\\\x\\\\a", "a"},
           {"x\\\"y.txt", "x\"y.txt"},
           {"12:30.txt", "12:30.txt"},
           {"1:a.txt", "1:a.txt"},
           {":", ":"},
           {"\xC3\xA9", "\xC3\xA9"},
           {"...", "..."},
           {"a\r\n b", "a b"},
           {".", ""},
           {"..", ""},
           {"x/..", ""},
           {"C:..", ""},
           {"C:", ""},
           {"x/", ""},
           {"/", ""},
           {"\\\\x\\\\", ""},
       }) {
    cases.push_back({.what = "the file name " + sent,
                     .body = part("Content-Disposition: form-data; name=f; filename=\"" + sent + "\"", "x") + kLastLine,
                     .files = {{"f", kept, "", "x"}}});
  }
  return cases;
}

inline std::vector<MultipartCase> malformed_cases() {
  const std::string value = value_part("a", "1");
  const std::string no_boundary = "Content-Type has no valid boundary";
  const std::string no_end = "the body ends before the form's last boundary";
  const std::string lf_lines = "the lines of a form must end with CR and LF";
  const std::string bad_line = "a line of the form begins with the boundary and is no delimiter";
  const std::string no_head_end = "the head of a part of the form does not end";
  const std::string bad_head = "the head of a part of the form is malformed";
  const std::string too_many = "the form has more than 1000 parts";
  std::string lf = value + kLastLine;
  std::erase(lf, '\r');
  std::string many_parts;
  std::string many_unnamed;
  for (size_t i = 0; i <= kMaxFormParts; ++i) many_parts += value, many_unnamed += part("X: y", "");
  std::vector<MultipartCase> cases = {
      {.what = "an empty body", .body = "", .error = no_end},
      {.what = "no delimiter", .body = "a=1", .error = no_end},
      {.what = "no last delimiter", .body = value, .error = no_end},
      {.what = "a last delimiter without its hyphens", .body = value + "--b", .error = no_end},
      {.what = "a last delimiter with one hyphen", .body = value + "--b-\r\n", .error = no_end},
      {.what = "another boundary", .body = "--bc\r\n\r\n--bc--\r\n", .error = no_end},
      {.what = "LF line ends", .body = lf, .error = lf_lines},
      {.what = "a first line that ends with LF", .body = "--b \n" + value + kLastLine, .error = lf_lines},
      {.what = "a preamble and LF line ends", .body = "x\r\n" + lf, .error = lf_lines},
      {.what = "LF line ends in a head",
       .body = "--b\r\nContent-Disposition: form-data; name=a\n\n1\r\n--b--",
       .error = no_head_end},
      {.what = "a part without an empty line", .body = "--b\r\n--b--", .error = no_head_end},
      {.what = "a part that is only a head", .body = "--b\r\nX: y\r\n--b--", .error = no_head_end},
      {.what = "a delimiter in a head", .body = "--b\r\nX: y\r\n" + value + kLastLine, .error = no_head_end},
      {.what = "too large a head",
       .body = part(head_of_size(kMaxPartHeadBytes + 1), "") + kLastLine,
       .error = no_head_end},
      {.what = "too many parts", .body = many_parts + kLastLine, .error = too_many},
      {.what = "too many parts that are not fields", .body = many_unnamed + kLastLine, .error = too_many},
  };
  for (const char* end : {"--b", "--b-"}) {
    cases.push_back({.what = std::string("the end ") + end, .body = value + end, .error = no_end});
  }
  for (const char* line :
       {"--b X", "--b\tX", "--b \n", "--b\n", "--b\r", "--b\rX", "--b--X", "--b-- X", "--b--\n", "--b---"}) {
    cases.push_back({.what = std::string("the line ") + line,
                     .body = value_part("a", "1\r\n" + std::string(line)) + kLastLine,
                     .error = bad_line});
    cases.push_back({.what = std::string("the first line of a part ") + line,
                     .body = value_part("a", std::string(line)) + kLastLine,
                     .error = bad_line});
  }
  for (const char* disposition : {"",
                                  ";",
                                  "; name=a",
                                  "form-data x; name=a",
                                  "form data; name=a",
                                  "\"form-data\"; name=a",
                                  "form-data, name=a",
                                  "form-data; name",
                                  "form-data; name=",
                                  "form-data; name= ; x=y",
                                  "form-data; name=a; x",
                                  "form-data; x; name=a",
                                  "form-data; name=a x",
                                  "form-data; name=\"a\"x",
                                  "form-data; name=\"a\" x=y",
                                  "form-data; name=a\r\n b",
                                  "form-data; name='a b'",
                                  "form-data; name=\xC3\xA9",
                                  "form-data; name=a/b",
                                  "form-data; name=a=b",
                                  "form-data;; name=a",
                                  "form-data; name=a;;",
                                  "form-data; =a",
                                  "form-data; name=a; name=b",
                                  "form-data; name=a; Name=\"A\"",
                                  "form-data; name=a; filename=x; filename=y",
                                  "form-data; name=a; filename=x y.txt",
                                  "form-data; name=\"a",
                                  "form-data; name=a; filename=\"x",
                                  "form-data; name=\"a\\\"",
                                  "attachment; name=\"a",
                                  "form-data/; name=a"}) {
    cases.push_back({.what = std::string("the disposition ") + disposition,
                     .body = value + part(std::string("Content-Disposition: ") + disposition, "1") + kLastLine,
                     .error = bad_head});
  }
  for (const char* head : {"no colon", ": no name", "a b: no token", "Content-Disposition : form-data; name=a",
                           " folded: from nothing", "X: y\r\nno colon", "X: a\rb", "X: a\nb"}) {
    cases.push_back(
        {.what = std::string("the head ") + head, .body = value + part(head, "1") + kLastLine, .error = bad_head});
  }
  for (const char control : {'\0', '\x01', '\b', '\n', '\r', '\x1B', '\x7F'}) {
    const std::string filename = std::string("a.php") + control + ".png";
    cases.push_back(
        {.what = "the control character " + std::to_string(control),
         .body = part("Content-Disposition: form-data; name=f; filename=\"" + filename + "\"", "") + kLastLine,
         .error = bad_head});
  }
  for (const std::string& type :
       {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
        std::string("multipart/form-data; boundary=\""), std::string("multipart/form-data; boundary=\"b"),
        std::string("multipart/form-data; bound=b"), std::string("multipart/form-data; boundary=\"\""),
        std::string("multipart/form-data; boundary=b; boundary=c"),
        std::string("multipart/form-data; boundary=c; Boundary=b"), std::string("multipart/form-data; boundary=b x"),
        std::string("multipart/form-data; boundary=b, text/plain"), std::string("multipart/form-data; boundary=b=c"),
        std::string("multipart/form-data; x; boundary=b"), std::string("multipart/form-data; boundary*=utf-8''b"),
        std::string("multipart/form-data; boundary*0=b"), "multipart/form-data; boundary=" + std::string(71, 'b')}) {
    cases.push_back({.what = type, .body = value + kLastLine, .error = no_boundary, .content_type = type});
  }
  return cases;
}

inline std::vector<MultipartCase> multipart_cases() {
  std::vector<MultipartCase> all;
  for (const auto& cases : {delimiter_cases(), head_cases(), filename_cases(), malformed_cases()}) {
    all.insert(all.end(), cases.begin(), cases.end());
  }
  std::string most_parts;
  for (size_t i = 0; i < kMaxFormParts; ++i) most_parts += value_part("a", "");
  all.push_back({.what = "the largest number of parts",
                 .body = most_parts + kLastLine,
                 .values = {{"a", std::vector<std::string>(kMaxFormParts)}}});
  return all;
}

}  // namespace duel::http::grammar::testing

#include "tests/e2e/random_content.h"

#include <algorithm>
#include <iterator>

namespace duel::e2e {
namespace {

using http::testing::Choices;

// Pieces that mean something to one of the parsers.
constexpr std::string_view kPieces[] = {"%",
                                        "%2",
                                        "%zz",
                                        "%2F",
                                        "%2e",
                                        "%00",
                                        "%ff",
                                        "%C3%A9",
                                        ";",
                                        "&",
                                        "=",
                                        "+",
                                        "!",
                                        "'",
                                        "(",
                                        ")",
                                        "*",
                                        "\"",
                                        "\\",
                                        "/",
                                        "//",
                                        ".",
                                        "..",
                                        "/./",
                                        "/../",
                                        "[",
                                        "]",
                                        "[]",
                                        "[a]",
                                        "[a][b]",
                                        "{",
                                        "}",
                                        "<",
                                        ">",
                                        "<!--",
                                        "<?xml?>",
                                        ":",
                                        "::",
                                        "@",
                                        ",",
                                        "?",
                                        "#",
                                        "~",
                                        "|",
                                        "^",
                                        "`",
                                        "$",
                                        "-",
                                        "--",
                                        "- ",
                                        "_",
                                        " ",
                                        "\t",
                                        "\xC3\xA9",
                                        "\xFF",
                                        "\x80",
                                        "\xED\xA0\x80",
                                        "\xE2\x80\xA8",
                                        "0",
                                        "1",
                                        "-1",
                                        "9223372036854775808",
                                        "1e999",
                                        "null",
                                        "true",
                                        "id",
                                        "name",
                                        "\x01",
                                        "\x7F"};

constexpr std::string_view kValues[] = {"1",
                                        "0",
                                        "-1",
                                        "true",
                                        "false",
                                        "",
                                        "x",
                                        "ann",
                                        "1.5",
                                        "9223372036854775807",
                                        "18446744073709551616",
                                        "1e308",
                                        "-0",
                                        "nan",
                                        "0x10",
                                        "1_000",
                                        " 1",
                                        "2023-01-02",
                                        "a.txt",
                                        "../a",
                                        "\xC3\xA9",
                                        "a b",
                                        "text/html",
                                        "/x",
                                        "//host",
                                        "404"};
constexpr std::string_view kInjections[] = {"x\r\nX-Evil: 1",
                                            "x\nX-Evil: 1",
                                            "x\rX-Evil: 1",
                                            "x\r\n\r\nHTTP/1.1 200 OK\r\nX-Evil: 1",
                                            "%0d%0aX-Evil:%201",
                                            "x; Domain=evil.example",
                                            "x\"; Domain=evil.example",
                                            "x\0\r\nX-Evil: 1"};
constexpr std::string_view kOddNumbers[] = {
    "nan", "inf", "-Infinity", "1e999", "-1e999", "1e-999", "0x1p4", "9223372036854775808", "-129", "+1", "1."};
constexpr std::string_view kSuffixes[] = {"[]", "[k]", "[k", "[k][l]", "[=]", ".city", "[0]", "%5Bk%5D"};

}  // namespace

size_t RandomText::length() {
  if (choices_.one_in(60)) return choices_.below(20'000);
  if (choices_.one_in(15)) return 2'000 + choices_.below(7'000);
  return choices_.one_in(8) ? choices_.below(300) : choices_.below(16);
}

std::string RandomText::random_bytes() {
  std::string bytes(length(), '\0');
  for (char& byte : bytes) byte = static_cast<char>(choices_.below(256));
  return bytes;
}

std::string RandomText::text() {
  std::string text;
  const size_t size = length();
  const std::string_view repeated = pick(kPieces);
  const bool repeats = choices_.one_in(3);
  while (text.size() < size) {
    if (repeats) {
      text += repeated;
    } else if (choices_.one_in(2)) {
      text += static_cast<char>('a' + choices_.below(26));
    } else {
      text += pick(kPieces);
    }
  }
  return text;
}

std::string RandomText::changed(std::string_view original) {
  std::string text(original);
  for (uint32_t changes = choices_.below(3); changes > 0; --changes) {
    const size_t at = choices_.below(static_cast<uint32_t>(text.size() + 1));
    switch (choices_.below(5)) {
      case 0:
        text.insert(at, pick(kPieces));
        break;
      case 1:
        text.erase(at, choices_.below(4));
        break;
      case 2:
        text.insert(at, text.substr(0, at));
        break;
      case 3:
        if (choices_.one_in(4)) text.resize(at);
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(choices_.below(256));
        break;
    }
  }
  return text;
}

std::string RandomText::value() {
  if (choices_.one_in(4)) return std::string(pick(kInjections));
  return choices_.one_in(3) ? text() : std::string(pick(kValues));
}

std::string RandomText::field_name() {
  if (choices_.one_in(12)) return text();
  std::string name(pick(kFieldNames));
  if (choices_.one_in(5)) name += pick(kSuffixes);
  return name;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    if (plain) {
      encoded += c;
    } else {
      encoded.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
    }
  }
  return encoded;
}

namespace {

// Writes a document in one of the formats. Its fields have names from kFieldNames.
class Document : private RandomText {
 public:
  explicit Document(Choices& choices) : RandomText(choices) {}

  std::string urlencoded() {
    std::string form;
    for (uint32_t count = choices_.below(14); count > 0; --count) {
      if (!form.empty()) form += choices_.one_in(30) ? ';' : '&';
      const std::string name = field_name();
      form += choices_.one_in(2) ? name : percent_encoded(name);
      if (!choices_.one_in(15)) form += '=';
      const std::string value = value_for(name);
      form += choices_.one_in(5) ? value : percent_encoded(value);
    }
    return form;
  }

  Content multipart() {
    constexpr std::string_view kBoundaries[] = {"B", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "a'()+_,-./:=?", "0"};
    const std::string boundary =
        choices_.one_in(12) ? std::string(1 + choices_.below(72), 'b') : std::string(pick(kBoundaries));
    Content content;
    content.type = "multipart/form-data; " + quoted_parameter("boundary", boundary);
    if (choices_.one_in(12)) content.type += "; charset=utf-8";
    if (choices_.one_in(10)) content.bytes += "preamble" + line_end();
    for (uint32_t count = choices_.below(6); count > 0; --count) {
      content.bytes += "--" + boundary + line_end() + part_head() + line_end();
      content.bytes += choices_.one_in(4) ? random_bytes() : value();
      content.bytes += line_end();
    }
    if (!choices_.one_in(12)) content.bytes += "--" + boundary + "--" + line_end();
    if (choices_.one_in(10)) content.bytes += "epilogue";
    return content;
  }

  std::string json(uint32_t depth = 0) {
    constexpr std::string_view kScalars[] = {"1",
                                             "-1",
                                             "0.5",
                                             "1e400",
                                             "9223372036854775808",
                                             "true",
                                             "false",
                                             "null",
                                             "\"x\"",
                                             "\"\\ud800\"",
                                             "\"\\u0000\"",
                                             "-0",
                                             "1e-400",
                                             "123456789012345678901234567890",
                                             "\"\""};
    const uint32_t kind = depth > 6 ? 9 : choices_.below(10);
    if (kind < 2 || (depth == 0 && kind < 9)) {
      return json_object(depth);
    }
    if (kind < 4 || depth == 0) {
      if (choices_.one_in(30)) return std::string(choices_.below(2'000), '[');
      std::string list = "[";
      for (uint32_t count = choices_.below(5); count > 0; --count) {
        if (list.size() > 1) list += ',';
        list += choices_.one_in(2) ? json_object(depth) : json(depth + 1);
      }
      return list + "]";
    }
    return kind < 6 ? json_text(value()) : std::string(pick(kScalars));
  }

  std::string xml() {
    std::string document = choices_.one_in(4) ? "<?xml version=\"1.0\"?><form>" : "<form>";
    for (uint32_t count = choices_.below(6); count > 0; --count) {
      const std::string name(pick(kFieldNames));
      document += "<" + name + (choices_.one_in(3) ? " k=\"" + value() + "\">" : ">") + value() + "</" + name + ">";
    }
    return document + "</form>";
  }

  // Lines of YAML or TOML.
  std::string lines(std::string_view between) {
    std::string document;
    for (uint32_t count = choices_.below(6); count > 0; --count) {
      document.append(field_name()).append(between).append(choices_.one_in(2) ? json(4) : value()).append("\n");
    }
    return document;
  }

 private:
  std::string json_object(uint32_t depth) {
    std::string object = "{";
    for (uint32_t count = choices_.below(8); count > 0; --count) {
      if (object.size() > 1) object += ',';
      const std::string name = field_name();
      object += json_text(name) + ":" + (choices_.one_in(5) ? json(depth + 1) : json_for(name, depth));
    }
    return object + "}";
  }

  // A value of the type that an application expects under this name.
  std::string value_for(std::string_view name) {
    if (choices_.one_in(5)) return value();
    if (choices_.one_in(8)) return std::string(pick(kOddNumbers));
    if (name == "age" || name == "id" || name == "score" || name == "x" || name == "a") return "7";
    return name == "admin" || name == "flag" ? "true" : value();
  }
  std::string json_for(std::string_view name, uint32_t depth) {
    if (name == "inner") return json_object(depth + 1);
    if (name == "list" || name == "map")
      return "[" + (choices_.one_in(3) ? json_text(value()) : json_object(depth + 1)) + "]";
    if (name == "a") return "[1,2]";
    const std::string value = value_for(name);
    return value == "7" || value == "true" ? value : json_text(value);
  }

  std::string line_end() { return choices_.one_in(25) ? "\n" : "\r\n"; }

  std::string quoted_parameter(std::string_view name, std::string_view value) {
    switch (choices_.below(12)) {
      case 0:
        return std::string(name) + "=" + std::string(value);
      case 1:
        return std::string(name) + "*=utf-8''" + percent_encoded(value);
      case 2:
        return std::string(name) + "*0=\"" + std::string(value) + "\"; " + std::string(name) + "*1=\"b\"";
      default:
        break;
    }
    std::string quoted = std::string(name) + "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    return quoted + "\"";
  }

  std::string part_head() {
    std::string head = "Content-Disposition: form-data";
    if (!choices_.one_in(15)) head += "; " + quoted_parameter("name", field_name());
    if (choices_.one_in(2)) head += "; " + quoted_parameter("filename", choices_.one_in(3) ? "dir/a.txt" : value());
    head += line_end();
    if (choices_.one_in(3)) head += "Content-Type: " + (choices_.one_in(2) ? "text/plain" : value()) + line_end();
    if (choices_.one_in(15)) head += "Content-Transfer-Encoding: quoted-printable" + line_end();
    if (choices_.one_in(15)) head += " folded" + line_end();
    if (choices_.one_in(15)) head += "X-Other: " + value() + line_end();
    return head;
  }

  std::string json_text(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') quoted += '\\';
      const bool control = static_cast<unsigned char>(c) < 0x20;
      control ? quoted += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t" : quoted += c;
    }
    return quoted + "\"";
  }
};

Content make_valid_content(Choices& choices) {
  Document document(choices);
  switch (choices.below(10)) {
    case 0:
    case 1:
    case 2:
      return {"application/x-www-form-urlencoded", document.urlencoded()};
    case 3:
    case 4:
    case 5:
      return document.multipart();
    case 6:
    case 7:
      return {choices.one_in(4) ? "application/json; charset=utf-8" : "application/json", document.json()};
    case 8:
      return {choices.one_in(2) ? "application/xml" : "text/xml", document.xml()};
    default:
      return choices.one_in(2) ? Content{"application/x-yaml", document.lines(": ")}
                               : Content{"application/toml", document.lines(" = ")};
  }
}

}  // namespace

Content make_content(Choices& choices) {
  Content content = make_valid_content(choices);
  RandomText text(choices);
  if (choices.one_in(2)) content.bytes = text.changed(content.bytes);
  if (choices.one_in(15)) content.type = text.changed(content.type);
  return content;
}

std::string make_query(Choices& choices) {
  std::string query = Document(choices).urlencoded();
  std::erase_if(query, [](char byte) { return byte == '\r' || byte == '\n' || byte == ' '; });
  return query;
}

std::string make_cookies(Choices& choices) {
  RandomText text(choices);
  std::string cookies;
  for (uint32_t count = 1 + choices.below(4); count > 0; --count) {
    if (!cookies.empty()) cookies += choices.one_in(10) ? ";" : "; ";
    cookies += text.field_name() + "=" + (choices.one_in(2) ? percent_encoded(text.value()) : text.value());
  }
  std::erase_if(cookies, [](char byte) { return byte == '\r' || byte == '\n'; });
  return cookies;
}

}  // namespace duel::e2e

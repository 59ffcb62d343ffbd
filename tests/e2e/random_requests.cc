#include "tests/e2e/random_requests.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

#include "tests/e2e/random_content.h"

namespace duel::e2e {
namespace {

using http::testing::Choices;
using Texts = RandomText::Texts;

constexpr std::string_view kKnownMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"};
constexpr std::string_view kOtherMethods[] = {"PURGE", "get", "PROPFIND", "X-Y.Z"};

constexpr std::string_view kTypes[] = {"application/x-www-form-urlencoded",
                                       "application/x-www-form-urlencoded; charset=utf-8",
                                       "Application/X-WWW-Form-Urlencoded;",
                                       "multipart/form-data",
                                       "multipart/form-data; boundary=B",
                                       "multipart/form-data; boundary=\"B\"",
                                       "multipart/form-data; boundary=",
                                       "multipart/mixed; boundary=B",
                                       "application/json",
                                       "application/json; charset=latin1",
                                       "application/problem+json",
                                       "application/xml",
                                       "text/xml",
                                       "application/x-yaml",
                                       "application/yaml",
                                       "application/toml",
                                       "application/x-protobuf",
                                       "application/x-msgpack",
                                       "application/msgpack",
                                       "text/plain",
                                       "text/html",
                                       "application/octet-stream",
                                       "application/grpc",
                                       "image/png",
                                       "*/*",
                                       "",
                                       ";",
                                       "/",
                                       "multipart/form-data; boundary=B; boundary=C"};

// A body of each format, which is then changed at random.
constexpr std::string_view kBodies[] = {
    "a=1&b=2&a=3",
    "a[b]=1&c[]=2",
    ";",
    "%",
    "a=%zz",
    "&&==&",
    "x",
    "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--\r\n",
    "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"../x\"\r\nContent-Type: "
    "text/plain\r\n\r\nab\r\n--B--",
    "--B\nContent-Disposition: form-data; name=a\n\n1\n--B--\n",
    "--B\r\n\r\n\r\n--B",
    "--B--",
    "--B",
    R"({"id":1,"name":"x","age":2,"list":[1,2,{"a":null}]})",
    "[[[[[[[[",
    "\"\\ud800\"",
    "{\"a\":1e999}",
    "nul",
    "<a><id>1</id><b x=\"y\">&amp;&lol;</b></a>",
    "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    "<a",
    "id: 1\nname: &x [1, 2]\nb: *x\n",
    "? a\n: - b\n",
    "a: b: c",
    "id = 1\n[table]\nx = [1, 2]\n",
    "\x08\x01\x12\x01x",
    "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
    "\x81\xA2id\x01",
    "\xDF\xFF\xFF\xFF\xFF",
    "\x1F\x8B\x08",
    std::string_view("\x1F\x8B\x08\0\0\0\0\0\0\x03\x4B\x04\0\x43\xBE\xB7\xE8\x01\0\0\0", 21),
    "",
    std::string_view("\0\0\0\0", 4)};

struct Field {
  std::string_view name;
  Texts values;
};

constexpr std::string_view kCookies[] = {"a=b",
                                         "a=b; c=d",
                                         "beegosessionID=0123456789abcdef0123456789abcdef",
                                         "_xsrf=a|b",
                                         "a=\"b\"",
                                         "=",
                                         ";",
                                         "a",
                                         "$Version=1; a=b",
                                         "__Host-a=b; __Host-a=c"};
constexpr std::string_view kAddresses[] = {
    "1.2.3.4", "1.2.3.4, 5.6.7.8",    "::1",      "[::1]:80", "unknown", "1.2.3.4:5", "for=1.2.3.4;by=\"[::1]\"",
    ",,",      "::ffff:1.2.3.4%eth0", "256.1.1.1"};
constexpr std::string_view kPrefixes[] = {"/a", "/a/", "//b", "http://c", "/a b", "\\\\d", "/..", "?q", "#f"};
constexpr std::string_view kRanges[] = {"bytes=0-4",
                                        "bytes=-5",
                                        "bytes=5-2",
                                        "bytes=0-0,2-3",
                                        "bytes=-0",
                                        "bytes=-",
                                        "bytes=99999999999999999999-",
                                        "bytes=0-18446744073709551615",
                                        "lines=1-2",
                                        "bytes=",
                                        "bytes=0-,0-,0-,0-,0-,0-,0-,0-",
                                        "bytes 0-4/9",
                                        "bytes */9"};
constexpr std::string_view kTags[] = {
    "*", "\"a\"", "W/\"a\"", "\"a\", \"b\"", "a", "\"", "W/", "\"\"", "Sun, 06 Nov 1994 08:49:37 GMT"};
constexpr std::string_view kDates[] = {"Sun, 06 Nov 1994 08:49:37 GMT",  "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994",       "Thu, 99 Xyz 99999 99:99:99 GMT",
                                       "Fri, 31 Dec 9999 23:59:60 GMT",  "0",
                                       "Thu, 01 Jan 1970 00:00:00 +9999"};
constexpr std::string_view kAccepts[] = {"*/*",
                                         "application/xml",
                                         "text/xml",
                                         "application/x-yaml",
                                         "text/html;q=0.5, application/json",
                                         "gzip",
                                         "gzip;q=0, *",
                                         "identity;q=0",
                                         "gzip;q=1.0000",
                                         "*;q=0",
                                         "text/html;q=x;;",
                                         ",",
                                         "de, en;q=0.5"};
constexpr std::string_view kCredentials[] = {
    "Basic YTpi", "Basic", "Basic ====", "Bearer x", "Basic YQ==", "Digest username=\"a\", nonce=\"", "basic \xFF"};
constexpr std::string_view kOrigins[] = {"http://a.example", "null", "http://a.example:99999", "*", "a"};
constexpr std::string_view kNames[] = {"GET",
                                       "POST",
                                       "x-a, x-b",
                                       "XMLHttpRequest",
                                       "chunked",
                                       "trailers",
                                       "h2c",
                                       "close",
                                       "keep-alive",
                                       "upgrade",
                                       "HTTP/2.0",
                                       "gzip",
                                       "deflate",
                                       "identity",
                                       "no-cache",
                                       "max-age=x",
                                       "form-data; name=\"a\"",
                                       "PATCH"};

constexpr Field kFields[] = {{"Cookie", kCookies},
                             {"X-Forwarded-For", kAddresses},
                             {"X-Real-Ip", kAddresses},
                             {"Forwarded", kAddresses},
                             {"X-Forwarded-Host", kAddresses},
                             {"X-Forwarded-Prefix", kPrefixes},
                             {"X-Forwarded-Proto", kPrefixes},
                             {"X-Forwarded-Port", kRanges},
                             {"Range", kRanges},
                             {"Content-Range", kRanges},
                             {"If-Range", kTags},
                             {"If-Match", kTags},
                             {"If-None-Match", kTags},
                             {"If-Modified-Since", kDates},
                             {"If-Unmodified-Since", kDates},
                             {"Date", kDates},
                             {"Accept", kAccepts},
                             {"Accept-Encoding", kAccepts},
                             {"Accept-Language", kAccepts},
                             {"Accept-Charset", kAccepts},
                             {"Authorization", kCredentials},
                             {"Proxy-Authorization", kCredentials},
                             {"Origin", kOrigins},
                             {"Referer", kOrigins},
                             {"Access-Control-Request-Method", kNames},
                             {"Access-Control-Request-Headers", kNames},
                             {"X-Requested-With", kNames},
                             {"X-Xsrftoken", kNames},
                             {"X-Csrftoken", kNames},
                             {"X-Http-Method-Override", kNames},
                             {"Content-Encoding", kNames},
                             {"Content-Disposition", kNames},
                             {"Content-Language", kNames},
                             {"Cache-Control", kNames},
                             {"Upgrade", kNames},
                             {"TE", kNames},
                             {"Trailer", kNames},
                             {"User-Agent", kNames},
                             {"Via", kNames},
                             {"Pragma", kNames}};

class Writer : private RandomText {
 public:
  Writer(Choices& choices, std::span<const std::string> patterns) : RandomText(choices), patterns_(patterns) {}

  RandomRequest write() {
    write_head();
    if (choices_.one_in(3)) {
      choices_.one_in(2) ? add_chunks(content()) : add_content(content());
    } else if (request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH") {
      choices_.one_in(3) ? add_chunks(content()) : add_content(content());
    }
    request_.head += "\r\n";
    choose_behaviour();
    return std::move(request_);
  }

  RandomRequest write_post(std::string_view pattern, std::string_view content_type, Sending sending) {
    request_.method = "POST";
    std::string path = in_line(fill(pattern));
    std::ranges::replace(path, ' ', '+');
    request_.head = "POST " + path + (sending == Sending::kAsHttp10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    add_field("Host", "localhost");
    add_field("Content-Type", std::string(content_type));
    const std::string content = choices_.one_in(2) ? random_bytes() : changed(pick(kBodies));
    sending == Sending::kInChunks ? add_chunks(content) : add_content(content);
    if (sending == Sending::kWithContinue) add_field("Expect", "100-continue");
    request_.head += "\r\n";
    request_.shuts_down = sending == Sending::kThenShutDown;
    if (sending == Sending::kInPieces) cut_into_pieces(3);
    return std::move(request_);
  }

 private:
  void write_head() {
    request_.method_is_known = !choices_.one_in(30);
    request_.method = pick(request_.method_is_known ? Texts(kKnownMethods) : Texts(kOtherMethods));
    const bool old = choices_.one_in(20);
    request_.head = request_.method + " " + target() + (old ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    add_field("Host", choices_.one_in(30) ? in_line(changed(pick(kAddresses))) : "localhost");
    for (uint32_t count = choices_.below(5); count > 0; --count) {
      const Field& field = kFields[choices_.below(std::size(kFields))];
      if (field.name == "Cookie" && choices_.one_in(2)) {
        add_field(field.name, make_cookies(choices_));
        continue;
      }
      add_field(field.name, in_line(choices_.one_in(4) ? text() : changed(pick(field.values))));
    }
  }

  void add_field(std::string_view name, const std::string& value) {
    request_.head.append(name).append(": ").append(value).append("\r\n");
  }

  std::string target() {
    std::string path;
    if (choices_.one_in(20)) {
      path = "/" + text();
    } else {
      path = fill(patterns_[choices_.below(static_cast<uint32_t>(patterns_.size()))]);
      if (choices_.one_in(8)) path += "/";
      if (choices_.one_in(10)) path = changed(path);
      if (!path.starts_with('/') && !choices_.one_in(4)) path.insert(path.begin(), '/');
    }
    if (choices_.one_in(2)) path += "?" + (choices_.one_in(3) ? text() : make_query(choices_));
    path = in_line(path);
    // A space would end the target, and the rest would be an invalid version.
    if (!choices_.one_in(50)) std::ranges::replace(path, ' ', '+');
    return path;
  }

  // Replaces each wildcard of the pattern by a random value.
  std::string fill(std::string_view pattern) {
    std::string path;
    while (!pattern.empty()) {
      const size_t end = std::min(pattern.find('/', 1), pattern.size());
      const std::string_view segment = pattern.substr(0, end);
      if (const size_t at = segment.find_first_of(":*"); at != std::string_view::npos) {
        path += segment.substr(0, at);
        path += choices_.one_in(3) ? std::string("7") : choices_.one_in(2) ? text() : percent_encoded(value());
      } else {
        path += segment;
      }
      pattern.remove_prefix(end);
    }
    return path;
  }

  void add_content(const std::string& content) {
    add_field("Content-Length", std::to_string(content.size()));
    request_.body = content;
  }

  void add_chunks(const std::string& content) {
    add_field("Transfer-Encoding", "chunked");
    for (std::string_view rest = content; !rest.empty();) {
      const size_t size = std::min(rest.size(), choices_.size_up_to(choices_.one_in(2) ? 10 : 20'000));
      std::array<char, 20> line;
      std::snprintf(line.data(), line.size(), "%zx%s\r\n", size, choices_.one_in(10) ? ";a=b" : "");
      request_.body.append(line.data()).append(rest.substr(0, size)).append("\r\n");
      rest.remove_prefix(size);
    }
    request_.body += choices_.one_in(10) ? "0\r\nX-Trailer: a\r\n\r\n" : "0\r\n\r\n";
  }

  // The content of the body; writes its Content-Type.
  std::string content() {
    if (!choices_.one_in(4)) {
      Content content = make_content(choices_);
      add_field("Content-Type", in_line(content.type));
      return content.bytes;
    }
    if (!choices_.one_in(8))
      add_field("Content-Type", in_line(choices_.one_in(10) ? changed(pick(kTypes)) : std::string(pick(kTypes))));
    switch (choices_.below(4)) {
      case 0:
        return random_bytes();
      case 1:
        return text();
      case 2:
        return std::string(pick(kBodies));
      default:
        return changed(pick(kBodies));
    }
  }

  void choose_behaviour() {
    if (!request_.body.empty() && choices_.one_in(10)) {
      request_.head.insert(request_.head.size() - 2, "Expect: 100-continue\r\n");
    }
    if (choices_.one_in(10)) request_.head.insert(request_.head.size() - 2, "Connection: close\r\n");
    request_.shuts_down = choices_.one_in(10);
    cut_into_pieces(choices_.one_in(4) ? choices_.below(4) : 0);
  }

  void cut_into_pieces(uint32_t cuts) {
    const size_t size = request_.head.size() + request_.body.size();
    for (; cuts > 0; --cuts) request_.piece_ends.push_back(choices_.size_up_to(size));
    std::ranges::sort(request_.piece_ends);
  }

  // Removes the bytes that end a line: a text with a line end would add fields, and so change the framing.
  static std::string in_line(std::string text) {
    std::erase_if(text, [](char byte) { return byte == '\r' || byte == '\n'; });
    return text;
  }

  std::span<const std::string> patterns_;
  RandomRequest request_;
};

}  // namespace

RandomRequest make_random_request(Choices& choices, const std::vector<std::string>& patterns) {
  return Writer(choices, patterns).write();
}

std::span<const std::string_view> usual_content_types() {
  return kTypes;
}

RandomRequest make_random_post(Choices& choices, std::string_view pattern, std::string_view content_type,
                               Sending sending) {
  return Writer(choices, {}).write_post(pattern, content_type, sending);
}

std::string command_that_sends(std::string_view bytes) {
  std::string command = "printf '";
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code >= 0x7F || byte == '\'' || byte == '\\') {
      std::array<char, 8> escape;
      std::snprintf(escape.data(), escape.size(), "\\x%02x", code);
      command += escape.data();
    } else {
      command += byte == '%' ? "%%" : std::string(1, byte);
    }
  }
  return command + "' | nc -q1 127.0.0.1 PORT";
}

}  // namespace duel::e2e

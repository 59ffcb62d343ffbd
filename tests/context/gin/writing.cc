#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "tests/context/dump.h"
#include "tests/context/gin/handlers.h"
#include "tests/context/gin/values.h"

// The tables "String", "Data", "writing", "abort", "streams", "panics" and "errors".
namespace duel::context {
namespace {

using gin::Context;
using gin::H;
using namespace std::literals;

// Writes bytes without setting anything, as Gin's Writer.Write.
void say(Context& c) {
  c.write(fmt::format("[{} {} {}]", c.status(), c.written() ? static_cast<long>(c.size()) : -1, c.written()));
}

std::string all_bytes() {
  std::string to;
  for (int i = 0; i < 256; ++i) to += static_cast<char>(i);
  return to;
}

constexpr std::string_view kNoCoding = "text/plain";
const double kNotANumber = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void string(Context& c) {
  const int status = code(c, 200);
  switch (row(c)) {
    case 0:
      return c.string(status, "hello");
    case 1:
      return c.string(status, "");
    case 2:
      return c.string(status, "100% sure %d %s");
    case 3:
      return c.string(status, "{} items", 3);
    case 4:
      return c.string(status, "{} & {}", "a<b", true);
    case 5:
      return c.string(status, "pi is {:.2f}", 3.14159);
    case 6:
      return c.string(status, "{0:5}|{0:<5}|{0:04}", 42);
    case 7:
      return c.string(status, "{0:x} {0:X} {1:#x} {2:b} {3:o}", 255, 31, 5, 15);
    case 8:
      return c.string(status, "\u00e9\u65e5\u672c\U0001F600");
    case 9:
      return c.string(status,
                      "a\xff\x00"
                      "b"sv);
    case 10:
      return c.string(status, std::string(5000, 'x'));
    case 11:
      return c.string(status, "line\r\nline\n");
    case 12:
      return c.string(status, "<html>");
    case 13:
      return c.string(status, "{}%", 50);
    case 14:
      return c.string(status, "{} {} {}", 1e21, 0.1, -0.0);
    default:
      return no_such_row(c);
  }
}

void data(Context& c) {
  const int status = code(c, 200);
  switch (row(c)) {
    case 0:
      return c.data(status, "text/html; charset=utf-8", "<p>hi</p>");
    case 1:
      return c.data(status, "application/octet-stream", all_bytes());
    case 2:
      return c.data(status, "image/png", "");
    case 3:
      return c.data(status, "", "abc");
    case 4:
      return c.data(status, kNoCoding, std::string_view());
    case 5:
      return c.data(status, "a b", "x");
    case 6:
      return c.data(status, "application/json", "{}");
    case 7:
      return c.data(status, "text/plain\r\nX-Evil: 1", "x");
    case 8:
      return c.set_header("Content-Type", "text/css"), c.data(status, "text/html", "x");
    case 9:
      return c.set_header("Content-Type", "text/css"), c.string(status, "x");
    case 10:
      return c.set_header("Content-Type", "text/css"), c.json(status, nullptr);
    case 11:
      return c.set_header("Content-Length", "5"), c.data(status, kNoCoding, "hello");
    case 12:
      return c.set_header("Content-Length", "3"), c.data(status, kNoCoding, "hello");
    case 13:
      return c.set_header("Content-Length", "9"), c.data(status, kNoCoding, "hello");
    default:
      return no_such_row(c);
  }
}

void write(Context& c) {
  const auto a_after = [&](std::string_view name, std::string_view value) {
    c.set_header(name, value);
    c.string(200, "a");
  };
  switch (row(c)) {
    case 0:
      return;
    case 1:
      return say(c);
    case 2:
      return c.string(201, "a"), say(c);
    case 3:
      return c.string(201, "a"), c.string(202, "b"), say(c);
    case 4:
      return c.string(200, "a"), c.json(201, H{{"b", 1}});
    case 5:
      return c.status(201), say(c);
    case 6:
      return c.status(201), c.status(202), say(c);
    case 7:
      return c.status(201), c.write_header_now(), c.status(202), say(c);
    case 8:
      return c.string(200, "a"), c.set_header("X-Late", "1");
    case 9:
      return c.set_header("X-A", "1"), a_after("X-A", "2");
    case 10:
      return c.set_header("X-A", "1"), c.add_header("X-A", "2"), c.string(200, "a");
    case 11:
      return c.set_header("X-A", "1"), a_after("X-A", "");
    case 12:
      return a_after("x-lower", "v");
    case 13:
      return a_after("X-Space", " v ");
    case 14:
      return a_after("X-Break", "a\r\nY: b");
    case 15:
      return a_after("X-Wide", "\u00e9");
    case 16:
      return a_after("bad name", "v");
    case 17:
      return c.string(204, "a"), say(c);
    case 18:
      return c.json(304, H{{"a", 1}});
    case 19:
      return c.status(204);
    case 20:
      return c.status(404);
    case 21:
      return c.json(200, kNotANumber), say(c);
    case 22:
      return c.write("<html>");
    case 23:
      return c.write("\x89PNG\r\n\x1a\n");
    case 24:
      for (int i = 0; i < 3; ++i) c.write(std::string(1000, 'y'));
      return;
    case 25:
      return c.set_header("Location", "/x"), c.status(303);
    case 26:
      return c.set_header("Content-Type", ""), c.json(200, H{{"a", 1}});
    case 27:
      return c.set_cookie({.name = "a", .value = "1"}), c.set_cookie({.name = "b", .value = "2"}), c.string(200, "a");
    case 28:
      return c.set_cookie({.name = "a", .value = "1"}), c.set_cookie({.name = "a", .value = "2"}), c.string(200, "a");
    case 29:
      return c.string(200, "a"), void(c.set_cookie({.name = "a", .value = "1"}));
    case 30:
      return c.string(200, "a"), c.redirect(302, "/x");
    case 31:
      return c.redirect(302, "/x"), c.string(200, "a");
    default:
      return no_such_row(c);
  }
}

void stream(Context& c) {
  const auto pieces = [&](std::string_view letters) {
    c.stream([letters](Context& to) mutable {
      if (letters.empty()) return false;
      to.write(letters.substr(0, 1));
      letters.remove_prefix(1);
      return !letters.empty();
    });
  };
  const auto reader = [](std::string_view bytes) {
    return [bytes](std::span<char> to) mutable {
      const size_t size = bytes.copy(to.data(), to.size());
      bytes.remove_prefix(size);
      return size;
    };
  };
  constexpr std::pair<std::string_view, std::string_view> kExtra[] = {{"X-Extra", "1"}};
  switch (row(c)) {
    case 0:
      return pieces("abc");
    case 1:
      return pieces("");
    case 2:
      return c.set_header("Content-Type", "text/event-stream"),
             c.stream([](Context& to) { return to.write("data: 1\n\n"), false; });
    case 3:
      return c.status(201), pieces("x");
    case 4:
      return c.string(200, "head "), c.stream([](Context& to) { return to.write("tail"), false; });
    case 5:
      return pieces("x"), c.set_header("X-Late", "1"), c.string(200, "y");
    case 6:
      return c.data_from_reader(200, 5, kNoCoding, reader("hello"), kExtra);
    case 7:
      return c.data_from_reader(200, -1, kNoCoding, reader("hello"));
    case 8:
      return c.data_from_reader(206, 0, kNoCoding, reader(""));
    case 9:
      return c.data_from_reader(200, 3, kNoCoding, reader("hello"));
    case 10:
      return c.data_from_reader(200, 9, kNoCoding, reader("hello"));
    case 11: {
      int left = 20;
      return c.stream([&](Context& to) { return to.write(std::string(500, 'z')), --left > 0; });
    }
    case 12:
      return c.sse_event("message", "hello");
    case 13:
      return c.sse_event("", "two\nlines");
    case 14:
      return c.sse_event("json", H{{"a", 1}, {"b", "<x>"}});
    case 15:
      return c.sse_event("n", 7), c.sse_event("n", true);
    case 16: {
      int sent = 0;
      return c.stream([&](Context& to) { return to.sse_event("t", ++sent == 1 ? "1" : "2"), sent < 2; });
    }
    default:
      return no_such_row(c);
  }
}

void redirect(Context& c) {
  c.redirect(code(c, 302), c.query("to"));
}

void status(Context& c) {
  c.status(static_cast<int>(number(c.param("code"), 0)));
}

void statusbody(Context& c) {
  c.string(static_cast<int>(number(c.param("code"), 0)), "body");
}

void abort_outer(Context& c) {
  c.set_header("X-Outer", "before");
  c.next();
  c.write(fmt::format("|outer aborted={} status={} size={} written={} errors={}", c.is_aborted(), c.status(),
                      c.written() ? static_cast<long>(c.size()) : -1, c.written(), c.errors().size()));
}

void abort_row(Context& c) {
  switch (row(c)) {
    case 0:
      return;
    case 1:
      return c.abort();
    case 2:
      return c.abort_with_status(401);
    case 3:
      return c.abort_with_json(403, H{{"e", "<x>"}});
    case 4:
      return c.abort_with_error(500, "boom");
    case 5:
      return c.string(201, "early"), c.abort();
    case 6:
      return c.status(418);
    case 7:
      return c.next(), c.abort();
    case 8:
      return c.next(), c.abort_with_status(500);
    case 9:
      return c.abort_with_status(204);
    case 10:
      return c.abort_with_json(204, H{{"e", 1}});
    case 11:
      return c.abort_with_status(401), c.abort_with_status(402);
    case 12:
      return c.string(200, "early"), c.abort_with_status(500);
    case 13:
      return c.status(401), c.abort();
    case 14:
      return c.abort(), c.string(409, "late");
    case 15:
      return c.abort(), c.next();
    case 16:
      return c.next(), c.next();
    case 17:
      return c.abort_with_json(400, kNotANumber);
    case 18:
      return c.status(500), c.next();
    case 19:
      return c.abort_with_status(400), c.error("a<b", gin::ErrorKind::kPublic);
    default:
      return no_such_row(c), c.abort();
  }
}

void abort_final(Context& c) {
  c.set_header("X-Final", "ran");
  c.string(200, "final");
}

namespace {

// An error of the application's own type.
struct Teapot : std::exception {
  const char* what() const noexcept override { return "teapot 418"; }
};

constexpr gin::Key<int> kNeverSet{"never"};

}  // namespace

void panic(Context& c) {
  using Error = std::runtime_error;
  const auto set = [&](std::string_view name, std::string_view value) { c.set_header(name, value); };
  switch (row(c)) {
    case 0:
      throw "boom";  // NOLINT: a text is thrown on purpose
    case 1:
      throw Error("boom");
    case 2:
      set("X-A", "1");
      throw Error("x");
    case 3:
      set("Content-Type", "text/css"), set("ETag", "\"1\""), set("Cache-Control", "no-store");
      throw Error("x");
    case 4:
      c.status(201);
      throw Error("x");
    case 5:
      c.string(200, "partial");
      throw Error("x");
    case 6:
      c.json(201, H{{"a", 1}});
      throw Error("x");
    case 7:
      c.abort_with_status(403);
      throw Error("x");
    case 8:
      c.set_cookie({.name = "a", .value = "1"});
      throw Error("x");
    case 9:
      c.status(204), c.write_header_now();
      throw Error("x");
    case 10:
      c.string(200, std::vector<std::string>{"a", "b"}.at(7));
      return;
    case 11:
      c.string(200, "{}", c.must_get(kNeverSet));
      return;
    case 12:
      return c.redirect(200, "/x");
    case 13:
      throw 7;  // NOLINT: a number is thrown on purpose
    case 14:
      throw Teapot();
    case 15:
      set("Content-Length", "7");
      throw Error("x");
    default:
      return no_such_row(c);
  }
}

namespace {

struct RequiredA {
  std::string_view a;
  static constexpr auto json_fields = gin::fields(gin::field("a", &RequiredA::a, gin::required));
};

std::string texts_of(const Context& c, std::optional<gin::ErrorKind> kind) {
  std::vector<std::string_view> texts;
  for (const gin::Error& error : c.errors()) {
    if (!kind || error.kind == *kind) texts.push_back(error.message);
  }
  return list(texts);
}

}  // namespace

void errors(Context& c) {
  switch (row(c)) {
    case 0:
      break;
    case 1:
      c.error("a");
      break;
    case 2:
      c.error("a"), c.error("b", gin::ErrorKind::kPublic), c.error("c");
      break;
    case 4:
      c.error("a"), c.error("b<");
      return c.json(200, c.errors());
    case 5:
      return no_counterpart(c, "data of an error (Meta)");
    case 6:
      return c.errors().empty() ? c.json(200, nullptr) : c.json(200, c.errors());
    case 3: {
      RequiredA a;
      if (c.bind_json(a)) break;
      break;
    }
    default:
      return no_such_row(c);
  }
  c.string(200, "count={}\ntexts={}\npublic={}\nprivate={}\nbind={}\naborted={}\n", c.errors().size(), texts_of(c, {}),
           texts_of(c, gin::ErrorKind::kPublic), texts_of(c, gin::ErrorKind::kPrivate),
           texts_of(c, gin::ErrorKind::kBind), c.is_aborted());
}

}  // namespace duel::context

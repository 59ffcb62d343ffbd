#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/context/dump.h"
#include "tests/context/gin/handlers.h"

// The structs that are bound, and their dumps.
namespace duel::context {
namespace {

using gin::default_value;
using gin::field;
using gin::fields;
using gin::required;
using gin::Time;
using gin::time_format;

template <class T>
using Maybe = std::optional<T>;
const Time kYearOne(-62135596800, 0);

// --- the text of one member

std::string text(const Time& time) {
  return moment(time.seconds, time.nanoseconds);
}
std::string text(std::chrono::nanoseconds value) {
  return std::to_string(value.count());
}
std::string text(bool value) {
  return std::string(truth(value));
}
std::string text(float value) {
  return f32(value);
}
std::string text(double value) {
  return f64(value);
}
std::string text(const std::string& value) {
  return enc(value);
}
template <std::integral T>
  requires(!std::is_same_v<T, bool>)
std::string text(T value) {
  return std::to_string(value);
}
template <class List>
  requires requires(const List& list) { list.begin() == list.end(); } && (!std::is_same_v<List, std::string>)
std::string text(const List& list) {
  std::string to = "[";
  for (const auto& element : list) {
    if (to.size() > 1) to += ',';
    to += text(element);
  }
  return to + "]";
}
template <class T>
std::string text(const Maybe<T>& value) {
  return value ? text(*value) : "~";
}

std::string line(std::string_view name, const std::string& value) {
  return std::string(name) + "=" + value + "\n";
}

// --- flat

struct Inner {
  int64_t x = 0;
  std::string y{};
  static constexpr auto json_fields = fields(field("x", &Inner::x), field("y", &Inner::y));
};

struct Flat {
  int64_t i = 0;
  int8_t i8 = 0;
  int16_t i16 = 0;
  int32_t i32 = 0;
  int64_t i64 = 0;
  uint64_t u = 0;
  uint8_t u8 = 0;
  uint16_t u16 = 0;
  uint32_t u32 = 0;
  uint64_t u64 = 0;
  float f32 = 0;
  double f64 = 0;
  bool b = false;
  std::string s{};
  Maybe<std::vector<std::string>> l{};
  Maybe<std::vector<int64_t>> li{};
  Maybe<int64_t> p{};
  Maybe<std::string> ps{};
  Maybe<bool> pb{};
  Inner n{};
  static constexpr auto json_fields =
      fields(field("i", &Flat::i), field("i8", &Flat::i8), field("i16", &Flat::i16), field("i32", &Flat::i32),
             field("i64", &Flat::i64), field("u", &Flat::u), field("u8", &Flat::u8), field("u16", &Flat::u16),
             field("u32", &Flat::u32), field("u64", &Flat::u64), field("f32", &Flat::f32), field("f64", &Flat::f64),
             field("b", &Flat::b), field("s", &Flat::s), field("l", &Flat::l), field("li", &Flat::li),
             field("p", &Flat::p), field("ps", &Flat::ps), field("pb", &Flat::pb), field("n", &Flat::n));
};

// The members in their order, by their names.
template <class Struct>
std::string dump_members(const Struct& value) {
  std::string to;
  std::apply([&](const auto&... each) { ((to += line(each.name, text(value.*each.member))), ...); },
             Struct::json_fields);
  return to;
}

std::string text(const Inner&) {
  return {};
}

std::string dump(const Flat& value) {
  std::string to = dump_members(value);
  to.resize(to.size() - std::string_view("n=\n").size());
  return to + line("n.x", text(value.n.x)) + line("n.y", text(value.n.y));
}

// --- required, defaults, times

struct Required {
  std::string a{};
  int64_t b = 0;
  Maybe<int64_t> c{};
  Maybe<std::vector<std::string>> d{};
  static constexpr auto json_fields = fields(field("a", &Required::a, required), field("b", &Required::b, required),
                                             field("c", &Required::c, required), field("d", &Required::d, required));
};

struct Defaults {
  int64_t a = 0;
  std::string b{};
  bool c = false;
  Maybe<std::vector<int64_t>> d{};
  Maybe<int64_t> e{};
  std::array<int64_t, 2> f{};
  static constexpr auto json_fields =
      fields(field("a", &Defaults::a, default_value("7")), field("b", &Defaults::b, default_value("x y")),
             field("c", &Defaults::c, default_value("true")), field("d", &Defaults::d, default_value("1")),
             field("e", &Defaults::e, default_value("9")), field("f", &Defaults::f));
};

struct Times {
  Time t1 = kYearOne;
  Time t2 = kYearOne;
  Time t3 = kYearOne;
  Time t4 = kYearOne;
  Time t5 = kYearOne;
  std::chrono::nanoseconds d{};
  static constexpr auto json_fields =
      fields(field("t1", &Times::t1), field("t2", &Times::t2, time_format("2006-01-02")),
             field("t3", &Times::t3, time_format("unix")), field("t4", &Times::t4, time_format("unixNano")),
             field("t5", &Times::t5, time_format("2006-01-02 15:04:05")), field("d", &Times::d));
};

std::string dump(const Required& value) {
  return dump_members(value);
}
std::string dump(const Defaults& value) {
  return dump_members(value);
}
std::string dump(const Times& value) {
  return dump_members(value);
}

// --- deep, deepform

struct Deep {
  std::string name{};
  Inner in{};
  Maybe<Inner> ptr{};
  std::vector<Inner> list{};
  std::map<std::string, int64_t> map{};
  std::unique_ptr<Deep> sub{};
  static constexpr auto json_fields =
      fields(field("name", &Deep::name), field("in", &Deep::in), field("ptr", &Deep::ptr), field("list", &Deep::list),
             field("map", &Deep::map), field("sub", &Deep::sub));
};

struct DeepForm {
  std::string name{};
  Inner in{};
  Maybe<Inner> ptr{};
  static constexpr auto json_fields =
      fields(field("name", &DeepForm::name), field("In", &DeepForm::in), field("Ptr", &DeepForm::ptr));
};

std::string pair(const Inner& inner) {
  return text(inner.x) + " " + enc(inner.y);
}

std::string dump(const Deep& value, const std::string& prefix = "") {
  std::string to = line(prefix + "name", enc(value.name)) + line(prefix + "in", pair(value.in)) +
                   line(prefix + "ptr", value.ptr ? pair(*value.ptr) : "~");
  for (size_t i = 0; i < value.list.size(); ++i) to += line(prefix + "list." + std::to_string(i), pair(value.list[i]));
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& [key, number] : value.map) entries.emplace_back(enc(key), text(number));
  to += line(prefix + "map", dict(entries));
  return value.sub ? to + dump(*value.sub, prefix + "sub.") : to;
}

std::string dump(const DeepForm& value) {
  return line("name", enc(value.name)) + line("in", pair(value.in)) + line("ptr", value.ptr ? pair(*value.ptr) : "~") +
         "map={}\n";
}

// --- handlers

template <class Struct>
void answer(gin::Context& c, const Struct& bound, const gin::BindResult& error) {
  if (error) return c.string(400, "error");
  c.string(200, dump(bound));
}

template <class Struct>
void bind_how(gin::Context& c, std::string_view how) {
  Struct bound;
  if (how == "json") return answer(c, bound, c.should_bind_json(bound));
  if (how == "query") return answer(c, bound, c.should_bind_query(bound));
  if (how == "auto") return answer(c, bound, c.should_bind(bound));
  if (how == "header") return answer(c, bound, c.should_bind_header(bound));
  if (how == "uri") return answer(c, bound, c.should_bind_uri(bound));
  c.string(404, "404 page not found");
}

}  // namespace

void bind(gin::Context& c) {
  const std::string_view name = c.param("struct");
  const std::string_view how = c.param("how");
  if (name == "flat") return bind_how<Flat>(c, how);
  if (name == "required") return bind_how<Required>(c, how);
  if (name == "defaults") return bind_how<Defaults>(c, how);
  if (name == "times") return bind_how<Times>(c, how);
  if (name == "deep") return bind_how<Deep>(c, how);
  if (name == "deepform") return bind_how<DeepForm>(c, how);
  c.string(404, "404 page not found");
}

void uri_flat(gin::Context& c) {
  bind_how<Flat>(c, "uri");
}
void uri_required(gin::Context& c) {
  bind_how<Required>(c, "uri");
}

void must_bind(gin::Context& c) {
  Required bound;
  const std::string_view how = c.param("how");
  const bool done = how == "json"     ? c.bind_json(bound)
                    : how == "query"  ? c.bind_query(bound)
                    : how == "header" ? c.bind_header(bound)
                                      : c.bind(bound);
  if (done) return c.string(200, dump(bound));
  c.write(fmt::format("refused aborted={} status={} errors={}", c.is_aborted(), c.status(), c.errors().size()));
}

void twice(gin::Context& c) {
  Deep first;
  Deep second;
  const bool one = !c.should_bind_json(first);
  const bool two = !c.should_bind_json(second);
  c.string(200, "first={} {}\nsecond={} {}\n", one, enc(first.name), two, enc(second.name));
}

}  // namespace duel::context

#include "tests/context/beego/read_controller.h"

#include <any>
#include <chrono>
#include <concepts>
#include <map>

#include "tests/context/beego/common.h"
#include "tests/context/dump.h"

namespace duel::context::beego_twin {
namespace {

std::string texts(const std::vector<std::string>& values) {
  return values.empty() ? "~" : list(values);
}

std::string text_of(bool value) {
  return std::string(truth(value));
}
std::string text_of(double value) {
  return f64(value);
}
template <std::integral Number>
std::string text_of(Number value) {
  return std::to_string(value);
}

template <typename Number>
std::string number_or_error(const std::optional<Number>& number) {
  return number ? text_of(*number) : "error";
}

std::vector<std::string> as_texts(const std::vector<int64_t>& numbers) {
  std::vector<std::string> texts;
  for (const int64_t number : numbers) texts.push_back(std::to_string(number));
  return texts;
}

constexpr int64_t kYearOne = -62135596800;

std::string moment_of(const beego::Time& time) {
  return moment(time.seconds, time.nanoseconds);
}

struct BoundUser {
  std::string name;
  int64_t age = 0;
  bool ok = false;
  static constexpr auto beego_fields = beego::fields(
      beego::field("Name", &BoundUser::name), beego::field("Age", &BoundUser::age), beego::field("Ok", &BoundUser::ok));
};

struct BoundBody {
  std::string name;
  int64_t age = 0;
  std::optional<std::vector<std::string>> tags;
  bool ok = false;
  static constexpr auto beego_fields =
      beego::fields(beego::field("name", &BoundBody::name), beego::field("age", &BoundBody::age),
                    beego::field("tags", &BoundBody::tags), beego::field("ok", &BoundBody::ok));
};

struct Extra {
  std::string extra;
  static constexpr auto beego_fields = beego::fields(beego::field("extra", &Extra::extra));
};

// The struct of ParseForm. `base` belongs to an embedded struct that Go does not export, so it is left out.
struct Everything {
  Extra extra;
  int64_t i = 3;
  int8_t i8 = 0;
  int64_t i64 = 0;
  uint64_t u = 0;
  uint8_t u8 = 0;
  float f32 = 0;
  double f64 = 0;
  bool b = false;
  std::string s = "before";
  std::optional<std::vector<std::string>> l;
  std::optional<std::vector<int64_t>> li;
  std::optional<beego::Time> t;
  int64_t d = 7;
  std::any any;
  std::string skip = "kept";
  std::string no_tag;
  static constexpr auto beego_fields = beego::fields(
      beego::field("", &Everything::extra), beego::field("i", &Everything::i), beego::field("i8", &Everything::i8),
      beego::field("i64", &Everything::i64), beego::field("u", &Everything::u), beego::field("u8", &Everything::u8),
      beego::field("f32", &Everything::f32), beego::field("f64", &Everything::f64), beego::field("b", &Everything::b),
      beego::field("s", &Everything::s), beego::field("l", &Everything::l), beego::field("li", &Everything::li),
      beego::field("t", &Everything::t), beego::field("d", &Everything::d), beego::field("any", &Everything::any),
      beego::field("NoTag", &Everything::no_tag));
};

}  // namespace

beego::ControllerClass ReadController::reflect() {
  return beego::ControllerClass::of<ReadController>("ReadController")
      .method("Query", &ReadController::query)
      .method("Typed", &ReadController::typed)
      .method("Input", &ReadController::show_input)
      .method("Params", &ReadController::params)
      .method("Body", &ReadController::body)
      .method("BindKey", &ReadController::bind_key)
      .method("ParseForm", &ReadController::parse_form)
      .method("BindBody", &ReadController::bind_body)
      .method("Files", &ReadController::files)
      .method("Cookie", &ReadController::cookie);
}

std::string ReadController::asked() {
  return name_asked_for(context().request());
}

void ReadController::query() {
  const std::string name = asked();
  say(context(), "Query=" + enc(input().query(name)) + "\nGetString=" + enc(get_string(name)) + "\nGetStringDefault=" +
                     enc(get_string(name, "dflt")) + "\nGetStrings=" + texts(get_strings(name)) +
                     "\nGetStringsDefault=" + texts(get_strings(name, {"d1", "d2"})) + "\n");
}

void ReadController::typed() {
  const std::string name = asked();
  std::string text;
  const auto add = [&](std::string_view getter, const auto& plain, const auto& with_default) {
    text.append(getter).append("=" + number_or_error(plain) + " " + number_or_error(with_default) + "\n");
  };
  add("GetInt", get_int(name), get_int(name, -5));
  add("GetInt8", get_int8(name), get_int8(name, -5));
  add("GetInt16", get_int16(name), get_int16(name, -5));
  add("GetInt32", get_int32(name), get_int32(name, -5));
  add("GetInt64", get_int64(name), get_int64(name, -5));
  add("GetUint8", get_uint8(name), get_uint8(name, 5));
  add("GetUint16", get_uint16(name), get_uint16(name, 5));
  add("GetUint32", get_uint32(name), get_uint32(name, 5));
  add("GetUint64", get_uint64(name), get_uint64(name, 5));
  add("GetFloat", get_float(name), get_float(name, 2.5));
  add("GetBool", get_bool(name), get_bool(name, true));
  say(context(), text);
}

void ReadController::show_input() {
  const beego::Input& in = input();
  std::string text;
  const auto add = [&](std::string_view key, std::string_view value) {
    text.append(key).append("=").append(value).append("\n");
  };
  add("Protocol", enc(in.protocol()));
  add("Method", enc(in.method()));
  add("URI", enc(in.uri()));
  add("URL", enc(in.url()));
  add("Site", enc(in.site()));
  add("Scheme", enc(in.scheme()));
  add("Domain", enc(in.domain()));
  add("Host", enc(in.host()));
  add("Port", std::to_string(in.port()));
  add("SubDomains", enc(in.sub_domains()));
  add("IP", enc(in.ip()));
  const auto proxy = in.proxy();
  add("Proxy", list(proxy));
  add("Referer", enc(in.referer()));
  add("UserAgent", enc(in.user_agent()));
  add("Header", enc(in.header(asked())));
  std::string is;
  for (const bool value :
       {in.is_get(), in.is_post(), in.is_put(), in.is_delete(), in.is_head(), in.is_patch(), in.is_options()}) {
    is.append(is.empty() ? "" : " ").append(truth(value));
  }
  add("Is", is);
  add("IsAjax", truth(in.is_ajax()));
  add("IsSecure", truth(in.is_secure()));
  add("IsWebsocket", truth(in.is_websocket()));
  add("IsUpload", truth(in.is_upload()));
  std::string accepts(truth(in.accepts_html()));
  for (const bool value : {in.accepts_xml(), in.accepts_json(), in.accepts_yaml()})
    accepts.append(" ").append(truth(value));
  add("Accepts", accepts);
  say(context(), text);
}

void ReadController::params() {
  std::string text;
  for (const std::string name : {"id", "name", "splat", "none"}) {
    text += name + "=" + enc(input().param(":" + name)) + " " + enc(get_string(":" + name)) + " " +
            enc(get_string(":" + name, "dflt")) + "\n";
  }
  say(context(), text + "GetInt=" + number_or_error(get_int(":id")) + "\n");
}

void ReadController::body() {
  const std::string_view bytes = input().body();
  say(context(),
      "RequestBody=" + std::to_string(bytes.size()) + " " + sha(bytes) + "\nQuery=" + enc(input().query("a")) + "\n");
}

void ReadController::bind_key() {
  const std::string name = asked();
  const std::string_view kind = input().param(":kind");
  const auto show = [&](auto variable, const auto& text_of_it) {
    input().bind(variable, name);
    say(context(), std::string(kind) + "=true " + std::string(text_of_it(variable)) + "\n");
  };
  const auto as_number = [](auto number) { return std::to_string(number); };
  if (kind == "int") return show(int64_t{99}, as_number);
  if (kind == "int8") return show(int8_t{99}, as_number);
  if (kind == "uint") return show(uint64_t{99}, as_number);
  if (kind == "bool") return show(true, truth);
  if (kind == "float64") return show(9.5, f64);
  if (kind == "string") return show(std::string("before"), enc);
  if (kind == "strings") return show(std::vector<std::string>{"before"}, list<std::vector<std::string>>);
  if (kind == "ints") return show(std::vector<int64_t>{9}, [](const auto& numbers) { return list(as_texts(numbers)); });
  if (kind == "user") {
    return show(BoundUser(), [](const BoundUser& user) {
      return enc(user.name) + " " + std::to_string(user.age) + " " + std::string(truth(user.ok));
    });
  }
  show(std::map<std::string, std::string>(), [](const auto& map) {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const auto& [key, value] : map) entries.emplace_back(enc(key), enc(value));
    return dict(entries);
  });
}

void ReadController::parse_form() {
  Everything all;
  if (!beego::Controller::parse_form(all).empty()) return say(context(), "ParseForm=error\n");
  std::string text = "base=\nextra=" + enc(all.extra.extra) + "\ni=" + std::to_string(all.i) +
                     "\ni8=" + std::to_string(all.i8) + "\ni64=" + std::to_string(all.i64) +
                     "\nu=" + std::to_string(all.u) + "\nu8=" + std::to_string(all.u8) + "\nf32=" + f32(all.f32) +
                     "\nf64=" + f64(all.f64) + "\nb=" + std::string(truth(all.b)) + "\ns=" + enc(all.s);
  text += "\nl=" + (all.l ? list(*all.l) : "~") + "\nli=" + (all.li ? list(as_texts(*all.li)) : "~");
  text += "\nt=" + (all.t ? moment_of(*all.t) : moment(kYearOne, 0)) + "\nd=" + std::to_string(all.d);
  const auto* any = std::any_cast<std::string>(&all.any);
  text += "\nany=" + (any == nullptr ? "~" : enc(*any)) + "\nskip=" + all.skip + "\nNoTag=" + enc(all.no_tag) + "\n";
  say(context(), text);
}

void ReadController::bind_body() {
  const std::string_view how = input().param(":how");
  BoundBody body;
  const bool bound = how == "json"   ? context().bind_json(body)
                     : how == "form" ? context().bind_form(body)
                                     : context().bind(body);
  if (!bound) return say(context(), "Bind=error\n");
  say(context(), "name=" + enc(body.name) + "\nage=" + std::to_string(body.age) +
                     "\ntags=" + (body.tags ? list(*body.tags) : "~") + "\nok=" + std::string(truth(body.ok)) + "\n");
}

void ReadController::files() {
  const std::string name = asked();
  std::string text;
  const beego::FormFile* file = get_file(name);
  text += file == nullptr ? "GetFile=error\n"
                          : "GetFile=" + enc(file->filename) + " " + std::to_string(file->bytes.size()) + " " +
                                enc(file->content_type) + " " + sha(file->bytes) + "\n";
  const auto all = get_files(name);
  if (all.empty()) text += "GetFiles=error\n";
  for (const beego::FormFile* each : all) {
    text += "GetFiles=" + enc(each->filename) + " " + std::to_string(each->bytes.size()) + "\n";
  }
  text += "GetStrings=" + texts(get_strings(name)) + "\n";
  say(context(), text + "names=" + list(input().form_names()) + "\n");
}

void ReadController::cookie() {
  const std::string name = asked();
  say(context(), "Cookie=" + enc(input().cookie(name)) + "\nGetCookie=" + enc(context().get_cookie(name)) + "\n");
}

}  // namespace duel::context::beego_twin

#include "tests/context/beego/send_controller.h"

#include <limits>
#include <stdexcept>

#include "tests/context/beego/common.h"
#include "tests/context/beego/values.h"
#include "tests/context/dump.h"

namespace duel::context::beego_twin {

beego::ControllerClass SendController::reflect() {
  return beego::ControllerClass::of<SendController>("SendController")
      .method("ServeJSON", &SendController::serve_json_row)
      .method("ServeJSONP", &SendController::serve_jsonp_row)
      .method("ServeXML", &SendController::serve_xml_row)
      .method("ServeYAML", &SendController::serve_yaml_row)
      .method("ServeFormatted", &SendController::serve_formatted_row)
      .method("Resp", &SendController::resp_row)
      .method("JSON", &SendController::output_json)
      .method("XML", &SendController::output_xml)
      .method("Redirect", &SendController::redirect_by_controller)
      .method("CtxRedirect", &SendController::redirect_by_context)
      .method("Abort", &SendController::abort_by_controller)
      .method("CtxAbort", &SendController::abort_by_context)
      .method("CustomAbort", &SendController::abort_with_body)
      .method("Exception", &SendController::show_exception)
      .method("Download", &SendController::download)
      .method("Out", &SendController::output_row)
      .method("Panic", &SendController::panic_row);
}

std::any SendController::value(std::any (*table)(size_t), size_t rows) {
  std::any found = table(row(context(), rows));
  if (const auto* absent = std::any_cast<Absent>(&found)) {
    output().header("X-Without-Counterpart", absent->of);
    output().set_status(501);
    stop_run();
  }
  return found;
}

void SendController::serve_json_row() {
  data()["json"] = value(json_value, kJsonValues);
  serve_json(query_value(context(), "ascii") == "1");
}

void SendController::serve_jsonp_row() {
  data()["jsonp"] = value(json_value, kJsonValues);
  serve_jsonp();
}

void SendController::serve_xml_row() {
  data()["xml"] = value(xml_value, kXmlValues);
  serve_xml();
}

void SendController::serve_yaml_row() {
  data()["yaml"] = value(yaml_value, kYamlValues);
  serve_yaml();
}

void SendController::serve_formatted_row() {
  set_data(value(xml_value, kXmlValues));
  serve_formatted();
}

void SendController::resp_row() {
  resp(value(xml_value, kXmlValues));
}

void SendController::output_json() {
  output().json(value(json_value, kJsonValues), query_value(context(), "indent") == "1",
                query_value(context(), "ascii") == "1");
}

void SendController::output_xml() {
  output().xml(value(xml_value, kXmlValues), query_value(context(), "indent") == "1");
}

void SendController::redirect_by_controller() {
  redirect(query_value(context(), "to"), query_number(context(), "code"));
}

void SendController::redirect_by_context() {
  context().redirect(query_number(context(), "code"), query_value(context(), "to"));
}

void SendController::abort_by_controller() {
  output().header("X-Before", "1");
  abort(query_value(context(), "code"));
}

void SendController::abort_by_context() {
  context().abort(query_number(context(), "status"), query_value(context(), "body"));
}

void SendController::abort_with_body() {
  custom_abort(query_number(context(), "status"), query_value(context(), "body"));
}

void SendController::show_exception() {
  context().show_error(std::to_string(query_number(context(), "code")));
}

void SendController::download() {
  output().download(served_folder().string() + "/" + query_value(context(), "p"), context().request(),
                    query_value(context(), "name"));
}

namespace {

using beego::Map;
using beego::Output;

std::string is_members(Output& out) {
  std::string text;
  for (const int status : {0, 200, 201, 204, 299, 300, 301, 302, 303, 304, 307, 308, 400, 403, 404, 499, 500, 503}) {
    out.set_status(status);
    text += std::to_string(status);
    for (const bool is : {out.is_cachable(), out.is_empty(), out.is_ok(), out.is_successful(), out.is_redirect(),
                          out.is_forbidden(), out.is_not_found(), out.is_client_error(), out.is_server_error()}) {
      text.append(" ").append(truth(is));
    }
    text += "\n";
  }
  out.set_status(0);
  return text;
}

using Row = void (*)(beego::Controller&, Output&);

void with_status(Output& out, int status, std::string_view text) {
  out.set_status(status);
  out.body(text);
}

void with_type(Output& out, std::string_view extension, std::string_view text) {
  out.content_type(extension);
  out.body(text);
}

void with_field(Output& out, std::string_view name, std::string_view value, std::string_view text) {
  out.header(name, value);
  out.body(text);
}

void serve(beego::Controller& c, std::any value) {
  c.data()["json"] = std::move(value);
  c.serve_json();
}

constexpr Row kRows[] = {
    [](auto&, auto&) {},
    [](auto&, auto& out) { out.body("hello"); },
    [](auto&, auto& out) { out.body(""); },
    [](auto& c, auto&) { c.context().write_string("hello"); },
    [](auto& c, auto&) { c.context().write_string("a"), c.context().write_string("b"); },
    [](auto&, auto& out) { out.body("a"), out.body("bc"); },
    [](auto& c, auto& out) { c.context().write_string("a"), out.body("bc"); },
    [](auto&, auto& out) { with_status(out, 201, "x"); },
    [](auto& c, auto& out) { out.set_status(201), c.context().write_string("x"); },
    [](auto&, auto& out) { out.set_status(202); },
    [](auto&, auto& out) { out.set_status(204); },
    [](auto&, auto& out) { with_status(out, 204, "x"); },
    [](auto&, auto& out) { with_status(out, 304, "x"); },
    [](auto&, auto& out) { with_status(out, 500, "x"); },
    [](auto&, auto& out) { out.set_status(404); },
    [](auto&, auto& out) { with_status(out, 999, "x"); },
    [](auto&, auto& out) { with_status(out, 99, "x"); },
    [](auto& c, auto& out) { out.write_header(201), out.write_header(202), c.context().write_string("x"); },
    [](auto& c, auto& out) { c.context().write_string("x"), out.set_status(201); },
    [](auto&, auto& out) { out.header("X-A", "1"), with_field(out, "X-A", "2", "x"); },
    [](auto&, auto& out) { with_field(out, "x-lower", "v", "x"); },
    [](auto&, auto& out) { out.body("x"), out.header("X-Late", "1"); },
    [](auto&, auto& out) { with_field(out, "X-Break", "a\r\nY: b", "x"); },
    [](auto&, auto& out) { with_field(out, "X-Empty", "", "x"); },
    [](auto&, auto& out) { with_type(out, "json", "{}"); },
    [](auto&, auto& out) { with_type(out, ".html", "<p>"); },
    [](auto&, auto& out) { with_type(out, "css", "p{}"); },
    [](auto&, auto& out) { with_type(out, "js", "1"); },
    [](auto&, auto& out) { with_type(out, "txt", "t"); },
    [](auto&, auto& out) { with_type(out, "xml", "<a/>"); },
    [](auto&, auto& out) { with_type(out, "pdf", "p"); },
    [](auto&, auto& out) { with_type(out, "png", "p"); },
    [](auto&, auto& out) { with_type(out, "nosuch", "p"); },
    [](auto&, auto& out) { with_type(out, "JSON", "{}"); },
    [](auto& c, auto& out) {
      out.header("Content-Type", "text/css"), serve(c, Map{{"a", 1}});
    },
    [](auto& c, auto&) {
      serve(c, Map{{"a", 1}}), serve(c, Map{{"b", 2}});
    },
    [](auto& c, auto& out) {
      out.set_status(201), serve(c, Map{{"a", 1}});
    },
    [](auto& c, auto& out) { out.set_status(418), serve(c, std::numeric_limits<double>::quiet_NaN()); },
    [](auto& c, auto&) { c.serve_json(); },
    [](auto&, auto& out) { out.body(std::string(3000, 'y')); },
    [](auto&, auto& out) { out.body(std::string(19, 'y')); },
    [](auto&, auto& out) { out.body(std::string(20, 'y')); },
    [](auto&, auto& out) { out.body(std::string_view("\x00\x01\xff", 3)); },
    [](auto&, auto& out) { with_field(out, "Content-Encoding", "br", std::string(100, 'z')); },
    [](auto& c, auto&) { c.context().write_string(std::string(3000, 'y')); },
    [](auto& c, auto& out) { out.body("x"), c.context().set_cookie("a", "1"); },
    [](auto& c, auto& out) { c.context().set_cookie("a", "1"), c.context().set_cookie("a", "2"), out.body("x"); },
    [](auto& c, auto& out) { say(c.context(), is_members(out)); },
    [](auto& c, auto& out) { out.body("x"), c.stop_run(); },
    [](auto& c, auto& out) { out.set_status(202), c.stop_run(); },
    [](auto& c, auto&) { c.stop_run(); },
    [](auto& c, auto& out) { c.redirect("/x", 302), out.body("y"); },
    [](auto& c, auto& out) { out.body("y"), c.redirect("/x", 302); },
};

[[noreturn]] void panic(const char* text) {
  throw std::runtime_error(text);
}

constexpr Row kPanics[] = {
    [](auto&, auto&) { panic("boom"); },
    [](auto&, auto&) { panic("boom"); },
    [](auto&, auto& out) { out.header("X-A", "1"), panic("boom"); },
    [](auto&, auto& out) { out.set_status(418), panic("boom"); },
    [](auto&, auto& out) { out.body("partial"), panic("boom"); },
    [](auto& c, auto&) { c.context().write_string("partial"), panic("boom"); },
    [](auto&, auto&) { throw beego::Abort("404"); },
    [](auto&, auto&) { throw beego::Abort("403"); },
    [](auto&, auto&) { throw beego::Abort("405"); },
    [](auto&, auto&) { panic("999"); },
    [](auto&, auto&) { static_cast<void>(std::string("list").at(7)); },
    [](auto&, auto&) { panic("null pointer"); },
    [](auto&, auto&) { panic("<script>"); },
};

}  // namespace

void SendController::output_row() {
  kRows[row(context(), std::size(kRows))](*this, output());
}

void SendController::panic_row() {
  kPanics[row(context(), std::size(kPanics))](*this, output());
}

}  // namespace duel::context::beego_twin

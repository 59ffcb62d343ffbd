#include "servers/demo/demo_nethttp.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/grammar/json_text.h"
#include "router/nethttp/engine.h"
#include "servers/demo/list_length.h"
#include "servers/demo/refusals.h"

namespace duel::servers::demo {
namespace {

namespace grammar = http::grammar;

void send(nethttp::ResponseWriter& writer, int status, std::string_view type, std::string_view body) {
  writer.header().set("Content-Type", type);
  writer.write_header(status);
  writer.write(body);
}

void send_json(nethttp::ResponseWriter& writer, std::string_view text) {
  send(writer, 200, "application/json; charset=utf-8", text);
}

std::string in_quotes(std::string_view text) {
  std::string quoted;
  grammar::write_json_text(text, grammar::JsonHtml::kEscaped, [&](std::string_view piece) { quoted += piece; });
  return quoted;
}

// Asks the mux for the handler, and answers in its place if the request has no route, so that the answer is that of the
// other styles.
class Application final : public nethttp::Handler {
 public:
  explicit Application(std::unique_ptr<const nethttp::Mux> mux) : mux_(std::move(mux)) {}

  void serve_http(nethttp::ResponseWriter& writer, nethttp::Request& request) const override {
    const nethttp::Found found = mux_->find(request);
    if (request.pattern.empty()) return refuse(writer, request, methods_of(request));
    found.serve(writer, request);
  }

 private:
  // The methods with which the path has a route, as a value of Allow.
  std::string methods_of(const nethttp::Request& request) const {
    std::string list;
    for (int i = 0; i < http::kMethodCount; ++i) {
      nethttp::Request asked;
      asked.method = http::method_name(static_cast<http::Method>(i));
      asked.url = request.url;
      asked.host = request.host;
      mux_->find(asked);
      if (!asked.pattern.empty()) list.append(list.empty() ? "" : ", ").append(asked.method);
    }
    return list;
  }

  std::unique_ptr<const nethttp::Mux> mux_;
};

template <typename Mux>
nethttp::HandlerPtr make_application(const std::shared_ptr<const NetHttpDemo>& demo) {
  auto mux = std::make_unique<Mux>();
  add_routes(*mux, demo);
  return std::make_shared<Application>(std::move(mux));
}

}  // namespace

NetHttpDemo::NetHttpDemo(const Setup& setup)
    : files_(nethttp::strip_prefix(
          "/static", nethttp::file_server(setup.files, nethttp::handler_func([](nethttp::ResponseWriter& writer,
                                                                                nethttp::Request& request) {
                                            refuse(writer, request, {});
                                          })))),
      users_(open_users(setup.options.data, OpenTime::kAtFirstRequest)),
      items_(setup.items) {}

void NetHttpDemo::list(nethttp::ResponseWriter& writer, std::string_view length) const {
  const auto count = parse_list_length(length);
  if (!count) return send_text(writer, 400, kListLengthRefusal);
  std::string text = "[";
  for (int id = 1; id <= *count; ++id) {
    text.append(id == 1 ? "" : ",").append("{\"id\":").append(std::to_string(id)).append(",\"name\":\"someone\"}");
  }
  send_json(writer, text + "]");
}

void NetHttpDemo::show_row(nethttp::ResponseWriter& writer, std::string_view id) const {
  find_user(
      *users_, id,
      [&](const UserRow& row) {
        send_json(writer, "{\"age\":" + std::to_string(row.age) + ",\"email\":" + in_quotes(row.email) +
                              ",\"id\":" + std::to_string(row.id) + ",\"name\":" + in_quotes(row.name) + "}");
      },
      [&](const Failure& failure) { send_text(writer, failure.status, failure.text); });
}

void NetHttpDemo::keep_item(nethttp::ResponseWriter& writer, std::string_view id) const {
  send_text(writer, 200, std::to_string(items_->keep(id)) + " bytes");
}

void send_text(nethttp::ResponseWriter& writer, int status, std::string_view text) {
  send(writer, status, "text/plain; charset=utf-8", text);
}

void answer_ping(nethttp::ResponseWriter& writer, nethttp::Request& /*request*/) {
  send_text(writer, 200, "pong");
}

void answer_json(nethttp::ResponseWriter& writer, nethttp::Request& /*request*/) {
  send_json(writer, "{\"message\":" + in_quotes("pong") + "}");
}

void answer_echo(nethttp::ResponseWriter& writer, nethttp::Request& request) {
  send(writer, 200, "application/octet-stream", request.body);
}

void refuse(nethttp::ResponseWriter& writer, const nethttp::Request& request, std::string_view allow) {
  if (allow.empty()) return send(writer, 404, "text/plain", "404 page not found");
  writer.header().set("Allow", allow);
  if (request.method == "OPTIONS") return writer.write_header(204);
  if (http::method_of(request.method) == http::Method::kOther)
    return send(writer, 501, "text/plain", kNotImplementedText);
  send(writer, 405, "text/plain", "405 method not allowed");
}

bool refuse_partial_put(nethttp::ResponseWriter& writer, const nethttp::Request& request) {
  if (request.method != "PUT" || !request.header.has("Content-Range")) return false;
  send_text(writer, 400, kPartialPutText);
  return true;
}

http::HandlerFactory make_nethttp_demo(const Setup& setup) {
  const auto demo = std::make_shared<const NetHttpDemo>(setup);
  const nethttp::HandlerPtr application = setup.options.mux == config::Mux::kOfGo121
                                              ? make_application<nethttp::ServeMux121>(demo)
                                              : make_application<nethttp::ServeMux>(demo);
  return [application] { return std::make_unique<nethttp::Engine>(application); };
}

}  // namespace duel::servers::demo

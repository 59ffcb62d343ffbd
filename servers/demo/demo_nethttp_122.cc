#include <memory>
#include <string>
#include <string_view>

#include "router/sets/go_pattern.h"
#include "servers/demo/demo_nethttp.h"
#include "servers/demo/route_text.h"

namespace duel::servers::demo {
namespace {

using nethttp::Request;
using nethttp::ResponseWriter;

void add_github_routes(nethttp::Mux& mux) {
  const auto add = [&](const std::string& method, std::string_view pattern) {
    mux.handle_func(method + " " + sets::go_pattern(pattern), [pattern](ResponseWriter& writer, Request& request) {
      if (refuse_partial_put(writer, request)) return;
      std::string text;
      describe_route(
          pattern, [&](std::string_view piece) { text += piece; },
          [&](std::string_view name) { return request.path_value(name); });
      send_text(writer, 200, text);
    });
  };
#define DUEL_ROUTE(method, pattern, path) add(#method, pattern);
#include "router/sets/github.inc"
#undef DUEL_ROUTE
}

}  // namespace

// A pattern of GET matches HEAD too.
void add_routes(nethttp::ServeMux& mux, const std::shared_ptr<const NetHttpDemo>& demo) {
  mux.handle_func("GET /ping", answer_ping);
  mux.handle_func("GET /json", answer_json);
  mux.handle_func("POST /echo", answer_echo);
  mux.handle_func("GET /fixed/css/site.css", answer_ping);
  mux.handle_func("GET /wild/{rest...}", answer_ping);
  mux.handle("GET /static/", demo->files());
  mux.handle_func("GET /list/{length}", [demo](ResponseWriter& writer, Request& request) {
    demo->list(writer, request.path_value("length"));
  });
  mux.handle_func("GET /api/v1/user/{id}",
                  [](ResponseWriter& writer, Request& request) { send_text(writer, 200, request.path_value("id")); });
  mux.handle_func("GET /sql/user/{id}", [demo](ResponseWriter& writer, Request& request) {
    demo->show_row(writer, request.path_value("id"));
  });
  if (demo->has_items()) {
    mux.handle_func("GET /api/item/{id}", [demo](ResponseWriter& writer, Request& request) {
      demo->keep_item(writer, request.path_value("id"));
    });
  }
  add_github_routes(mux);
}

}  // namespace duel::servers::demo

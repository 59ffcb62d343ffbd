#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "servers/demo/demo_nethttp.h"
#include "servers/demo/route_table.h"
#include "servers/demo/route_text.h"

// The mux of Go 1.21 has neither methods nor parameters: handlers check the method and cut the parameter from the path.
namespace duel::servers::demo {
namespace {

using nethttp::Request;
using nethttp::ResponseWriter;
using WithParameter = std::function<void(ResponseWriter&, std::string_view)>;

nethttp::HandlerPtr for_method(std::string method, nethttp::Function function) {
  return nethttp::handler_func(
      [method = std::move(method), function = std::move(function)](ResponseWriter& writer, Request& request) {
        if (request.method != method) return refuse(writer, request, method);
        function(writer, request);
      });
}

nethttp::HandlerPtr for_get_and_head(nethttp::Function function) {
  return nethttp::handler_func([function = std::move(function)](ResponseWriter& writer, Request& request) {
    if (request.method != "GET" && request.method != "HEAD") return refuse(writer, request, "GET, HEAD");
    function(writer, request);
  });
}

// For paths of `prefix` and one segment, which is the parameter.
void add_parameter(nethttp::Mux& mux, const std::string& prefix, WithParameter function) {
  const nethttp::HandlerPtr with_parameter = for_get_and_head(
      [size = prefix.size(), function = std::move(function)](ResponseWriter& writer, Request& request) {
        function(writer, std::string_view(request.url.path).substr(size));
      });
  const auto handler = nethttp::handler_func([prefix, with_parameter](ResponseWriter& writer, Request& request) {
    const std::string_view path = request.url.path;
    const bool fits = path.size() > prefix.size() && path.find('/', prefix.size()) == std::string_view::npos;
    if (!fits) return refuse(writer, request, {});
    with_parameter->serve_http(writer, request);
  });
  mux.handle(prefix, handler);
  // Without this pattern the mux would redirect the path without a slash at its end.
  mux.handle(prefix.substr(0, prefix.size() - 1), handler);
}

void show_route(ResponseWriter& writer, Request& request, std::string_view pattern, const RouteTable::Values& values) {
  if (refuse_partial_put(writer, request)) return;
  std::string text;
  size_t next = 0;
  describe_route(
      pattern, [&](std::string_view piece) { text += piece; },
      [&](std::string_view /*name*/) { return values[next++]; });
  send_text(writer, 200, text);
}

// The first segment of a path, with the slash in front of it.
std::string first_segment(std::string_view pattern) {
  return std::string(pattern.substr(0, pattern.find('/', 1)));
}

void add_github_routes(nethttp::Mux& mux) {
  std::map<std::string, std::shared_ptr<RouteTable>> tables;
  const auto add = [&](std::string_view method, std::string_view pattern) {
    std::shared_ptr<RouteTable>& table = tables[first_segment(pattern)];
    if (table == nullptr) table = std::make_shared<RouteTable>(show_route);
    table->add(method, pattern);
  };
#define DUEL_ROUTE(method, pattern, path) add(#method, pattern);
#include "router/sets/github.inc"
#undef DUEL_ROUTE
  for (const auto& [segment, table] : tables) {
    mux.handle(segment, table);
    mux.handle(segment + "/", table);
  }
}

}  // namespace

void add_routes(nethttp::ServeMux121& mux, const std::shared_ptr<const NetHttpDemo>& demo) {
  mux.handle("/ping", for_get_and_head(answer_ping));
  mux.handle("/json", for_get_and_head(answer_json));
  mux.handle("/echo", for_method("POST", answer_echo));
  mux.handle("/fixed/css/site.css", for_get_and_head(answer_ping));
  mux.handle("/wild/", for_get_and_head(answer_ping));
  mux.handle("/static/", for_get_and_head([demo](ResponseWriter& writer, Request& request) {
               demo->files()->serve_http(writer, request);
             }));
  add_parameter(mux, "/list/", [demo](ResponseWriter& writer, std::string_view length) { demo->list(writer, length); });
  add_parameter(mux, "/api/v1/user/", [](ResponseWriter& writer, std::string_view id) { send_text(writer, 200, id); });
  add_parameter(mux, "/sql/user/", [demo](ResponseWriter& writer, std::string_view id) { demo->show_row(writer, id); });
  if (demo->has_items()) {
    add_parameter(mux, "/api/item/",
                  [demo](ResponseWriter& writer, std::string_view id) { demo->keep_item(writer, id); });
  }
  add_github_routes(mux);
}

}  // namespace duel::servers::demo

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "servers/demo/demo_nethttp.h"
#include "servers/demo/route_text.h"

namespace duel::servers::demo {
namespace {

using nethttp::Request;
using nethttp::ResponseWriter;

// "/repos/:owner/:repo" in the syntax of the mux: "/repos/{owner}/{repo}".
std::string with_braces(std::string_view pattern) {
  std::string result;
  for (size_t at = 0; at < pattern.size();) {
    const size_t end = std::min(pattern.find('/', at + 1), pattern.size());
    const std::string_view segment = pattern.substr(at + 1, end - at - 1);
    const bool is_parameter = segment.starts_with(':');
    result.append("/").append(is_parameter ? "{" : "").append(segment.substr(is_parameter)).append(is_parameter ? "}" : "");
    at = end;
  }
  return result;
}

void add_github_routes(nethttp::Mux& mux) {
  const auto add = [&](const std::string& method, std::string_view pattern) {
    mux.handle_func(method + " " + with_braces(pattern), [pattern](ResponseWriter& writer, Request& request) {
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
  mux.handle_func("GET /api/v1/user/{id}", [](ResponseWriter& writer, Request& request) {
    send_text(writer, 200, request.path_value("id"));
  });
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

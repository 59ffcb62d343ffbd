// Random requests to an application in the style of net/http that reads and repeats everything, behind both muxes.

#include <gtest/gtest.h>

#include <any>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/static_directory.h"
#include "router/nethttp/engine.h"
#include "router/nethttp/serve_mux.h"
#include "router/nethttp/serve_mux121.h"
#include "tests/e2e/random_content.h"
#include "tests/router/random/conversation.h"
#include "tests/temporary_directory.h"

namespace duel::nethttp {
namespace {

std::string text_of(const Request& request) {
  for (const std::string_view text :
       {request.path_value("id"), request.path_value("rest"), request.body, std::string_view(request.url.raw_query)}) {
    if (!text.empty()) return std::string(text);
  }
  return request.url.path;
}

void read_all(ResponseWriter& writer, Request& request) {
  std::string text = request.method + request.url.text() + request.proto + request.host + request.request_uri;
  for (const auto& [name, values] : request.header.fields()) {
    for (const std::string& value : values) text.append(name).append(value);
  }
  for (const std::string_view name : e2e::kFieldNames) {
    text += request.path_value(name);
    text += request.header.get(name);
  }
  writer.write(text);
  writer.write(request.body);
}

void repeat_field(ResponseWriter& writer, Request& request) {
  const std::string text = text_of(request);
  writer.header().set("X-Text", text);
  writer.header().add("X-Text", request.url.path);
  writer.header().set(text, "x");
  writer.header().set("Content-Type", text);
  writer.write(text);
}

void repeat_redirect(ResponseWriter& writer, Request& request) {
  redirect(writer, request, text_of(request), 302);
}

void repeat_error(ResponseWriter& writer, Request& request) {
  error(writer, text_of(request), 400);
}

// Middleware that hands a text of the client to the handler inside.
HandlerPtr with_context(const HandlerPtr& inner) {
  return handler_func([inner](ResponseWriter& writer, Request& request) {
    request.context = std::make_shared<Context>(request.context, text_of(request), text_of(request));
    const std::any* const value = request.context->value(text_of(request));
    if (value != nullptr) writer.header().set("X-Context", std::any_cast<std::string>(*value));
    inner->serve_http(writer, request);
  });
}

class RandomNetHttp : public ::testing::Test {
 protected:
  RandomNetHttp() {
    folder_.write("a.txt", "0123456789");
    folder_.write("folder/index.html", "<p>");
    files_ = std::make_unique<http::StaticDirectory>(folder_.path().string());
  }

  HandlerPtr static_files() const { return strip_prefix("/static", file_server(*files_)); }

 private:
  TemporaryDirectory folder_;
  std::unique_ptr<http::StaticDirectory> files_;
};

TEST_F(RandomNetHttp, RequestsAreNeverAServerErrorBehindTheMuxOfGo121) {
  auto mux = std::make_shared<ServeMux121>();
  mux->handle_func("/read", read_all);
  mux->handle_func("/read/", read_all);
  mux->handle("/field/", with_context(handler_func(repeat_field)));
  mux->handle_func("/redirect/", repeat_redirect);
  mux->handle_func("/error/", repeat_error);
  mux->handle("/static/", static_files());
  mux->handle_func("localhost/read/host", read_all);
  Engine engine(mux);
  random::converse(engine, {"/read", "/read/:id", "/read/:id/*rest", "/field/:id", "/redirect/:id", "/error/:id",
                            "/static/a.txt", "/static/*rest", "/read/host", "/none/:id"});
}

TEST_F(RandomNetHttp, RequestsAreNeverAServerErrorBehindTheMuxOfGo122) {
  auto mux = std::make_shared<ServeMux>();
  mux->handle_func("/read", read_all);
  mux->handle_func("GET /read/{id}", read_all);
  mux->handle_func("/read/{id}", read_all);
  mux->handle_func("/read/{id}/{rest...}", read_all);
  mux->handle_func("/read/{$}", read_all);
  mux->handle("/field/{id}", with_context(handler_func(repeat_field)));
  mux->handle_func("/redirect/{rest...}", repeat_redirect);
  mux->handle_func("POST /error/{id}", repeat_error);
  mux->handle("/static/", static_files());
  mux->handle_func("localhost/read/host", read_all);
  Engine engine(mux);
  random::converse(engine, {"/read", "/read/:id", "/read/:id/*rest", "/field/:id", "/redirect/:id", "/error/:id",
                            "/static/a.txt", "/static/*rest", "/read/host", "/none/:id"});
}

}  // namespace
}  // namespace duel::nethttp

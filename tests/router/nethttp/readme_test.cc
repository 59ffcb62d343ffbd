// The example of router/nethttp/README.md: compiled and run. tests/layout/pages.py compares it with the page.

#include <gtest/gtest.h>

#include <memory>

#include "router/nethttp/engine.h"
#include "router/nethttp/serve_mux.h"
#include "tests/router/recorded/exchange.h"
namespace nethttp = duel::nethttp;

namespace {

TEST(Readme, TheExampleWorks) {
  auto mux = std::make_shared<nethttp::ServeMux>();
  mux->handle_func("GET /ping", [](nethttp::ResponseWriter& writer, nethttp::Request&) { writer.write("pong"); });
  mux->handle_func("GET /user/{id}", [](nethttp::ResponseWriter& writer, nethttp::Request& request) {
    writer.header().set("Content-Type", "text/plain");
    writer.write(request.path_value("id"));
  });
  nethttp::Engine engine(mux);  // an http::Handler; each worker has its own

  EXPECT_EQ(duel::recorded::exchange(engine, "GET", "/ping").body, "pong");
  const duel::recorded::Answer user = duel::recorded::exchange(engine, "GET", "/user/7");
  EXPECT_EQ(user.body, "7");
  EXPECT_EQ(user.field("Content-Type"), "text/plain");
}

}  // namespace

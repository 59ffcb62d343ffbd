#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/server_process.h"

namespace duel::e2e {

// The router styles. Suites with DUEL_ALL_STYLES test what all of them have in common; suites with DUEL_BOTH_ROUTERS
// test the core, with the style that allocates nothing and with the style that allocates most.
inline std::vector<std::string> styles() {
  return {"gin", "beego", "echo", "nethttp"};
}

// Each test runs once per router. Every started server must exit with status 0: sanitizers report errors by the
// exit status.
class EndToEnd : public ::testing::TestWithParam<std::string> {
 protected:
  // The value of --router.
  virtual std::string router() const { return GetParam(); }

  ServerProcess& start(const std::vector<std::string>& arguments = {}, const std::function<void()>& in_child = {}) {
    server_ = std::make_unique<ServerProcess>(router(), arguments, in_child);
    return *server_;
  }
  ServerProcess& server() { return *server_; }
  const ServerProcess& server() const { return *server_; }
  uint16_t port() const { return server_->port(); }

  // The account of a route of the demo, whose pattern is given as the Gin style writes it. The mux of Go 1.21 has no
  // parameters, so there the pattern ends where the first one begins.
  static std::string account_of(const std::string& pattern) {
    return GetParam() == "nethttp" && !pattern.starts_with("/repos") ? pattern.substr(0, pattern.find(':')) : pattern;
  }

  // When it returns, the server has received all bytes that were sent before.
  void synchronise() const { e2e::synchronise(port(), server().workers()); }

  void TearDown() override {
    if (server_ != nullptr && server_->process().running()) server_->stop();
  }

 private:
  std::unique_ptr<ServerProcess> server_;
};

inline std::string router_name(const ::testing::TestParamInfo<std::string>& info) {
  return info.param;
}

// Sizes of memory are not tested with a sanitizer, which has its own memory.
#ifdef DUEL_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#ifdef DUEL_STATIC
inline constexpr bool kStatic = true;
#else
inline constexpr bool kStatic = false;
#endif

}  // namespace duel::e2e

#define DUEL_ALL_STYLES(suite) \
  INSTANTIATE_TEST_SUITE_P(Router, suite, ::testing::ValuesIn(::duel::e2e::styles()), ::duel::e2e::router_name)
#define DUEL_BOTH_ROUTERS(suite) \
  INSTANTIATE_TEST_SUITE_P(Router, suite, ::testing::Values("gin", "beego"), ::duel::e2e::router_name)

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/server_process.h"

namespace duel::e2e {

// Each test runs twice, once per router. Every started server must exit with status 0: sanitizers report errors by the
// exit status.
class EndToEnd : public ::testing::TestWithParam<std::string> {
 protected:
  ServerProcess& start(const std::vector<std::string>& arguments = {}, const std::function<void()>& in_child = {}) {
    server_ = std::make_unique<ServerProcess>(GetParam(), arguments, in_child);
    return *server_;
  }
  ServerProcess& server() { return *server_; }
  const ServerProcess& server() const { return *server_; }
  uint16_t port() const { return server_->port(); }

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
#ifdef DUEL_RELEASE
inline constexpr bool kRelease = true;
#else
inline constexpr bool kRelease = false;
#endif

}  // namespace duel::e2e

#define DUEL_BOTH_ROUTERS(suite) \
  INSTANTIATE_TEST_SUITE_P(Router, suite, ::testing::Values("gin", "beego"), ::duel::e2e::router_name)

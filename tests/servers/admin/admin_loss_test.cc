#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "servers/admin/admin.h"
#include "tests/e2e/client.h"
#include "tests/e2e/rings.h"
#include "tests/e2e/server_process.h"

// Runs in the process of the test, so that the test can close the ring of the admin port.
namespace duel::servers::admin {
namespace {

using ::testing::HasSubstr;

TEST(AdminLoss, IsReportedAndClientsDoNotHang) {
  config::AdminOptions options;
  options.any_port = true;
  ::testing::internal::CaptureStderr();
  {
    Admin admin(options);
    admin.start();
    const std::string url = admin.url();
    const auto port = static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    ASSERT_EQ(e2e::rings().size(), 1U);
    e2e::take_away(e2e::rings().front());
    // Connections that were accepted before are reset when the ring ends.
    EXPECT_TRUE(e2e::eventually([&] { return !e2e::Client::try_connect(port); }));
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("server: the admin port has failed and is closed: "));
}

}  // namespace
}  // namespace duel::servers::admin

#include "tests/servers/config/flags_doc.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace duel::servers::config {
namespace {

TEST(FlagsDoc, IsUpToDate) {
  std::ifstream file(DUEL_FLAGS_DOC);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == flags_doc()) << "docs/flags.md is stale; renew it with: tools/docs";
}

}  // namespace
}  // namespace duel::servers::config

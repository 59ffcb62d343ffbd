#include "tests/router/nethttp/corpus.h"

#include <gtest/gtest.h>

#include "tests/router/recorded/expect_recorded.h"

namespace duel::nethttp {
namespace {

TEST(Corpus, EveryOutcomeOfGo121IsAsRecorded) {
  recorded::expect_recorded(testing::run_corpus(DUEL_TEST_DATA "/routing/nethttp121", testing::Version::k121), 6641, 0);
}

TEST(Corpus, EveryOutcomeOfGo122IsAsRecorded) {
  recorded::expect_recorded(testing::run_corpus(DUEL_TEST_DATA "/routing/nethttp122", testing::Version::k122), 10740,
                            53);
}

}  // namespace
}  // namespace duel::nethttp

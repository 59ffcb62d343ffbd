#include "tests/router/beego/corpus.h"

#include <gtest/gtest.h>

#include "tests/router/recorded/expect_recorded.h"

namespace duel::beego {
namespace {

TEST(Corpus, EveryOutcomeIsAsRecorded) {
  recorded::expect_recorded(testing::run_corpus(DUEL_TEST_DATA "/routing/beego"), 10178, 25);
}

}  // namespace
}  // namespace duel::beego

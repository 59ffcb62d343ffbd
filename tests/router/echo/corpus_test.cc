#include "tests/router/echo/corpus.h"

#include <gtest/gtest.h>

#include "tests/router/recorded/expect_recorded.h"

namespace duel::echo {
namespace {

TEST(Corpus, EveryOutcomeIsAsRecorded) {
  recorded::expect_recorded(testing::run_corpus(DUEL_TEST_DATA "/routing/echo"), 11975, 15);
}

}  // namespace
}  // namespace duel::echo

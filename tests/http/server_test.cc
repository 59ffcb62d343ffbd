#include "http/server.h"

#include <gtest/gtest.h>

namespace duel::http {
namespace {

TEST(Counters, TheOtherResponsesAre2xx) {
  Counters counters;
  counters.requests = 10;
  counters.refused = 1;
  counters.responses_3xx = 2;
  counters.responses_4xx = 3;
  counters.responses_5xx = 1;
  EXPECT_EQ(counters.responses_2xx(), 5U);
}

// If the counters are reset between a request and its answer, they count the answer but not the request.
TEST(Counters, NoClassIsBelowZero) {
  Counters counters;
  counters.responses_4xx = 1;
  EXPECT_EQ(counters.responses_2xx(), 0U);
}

}  // namespace
}  // namespace duel::http

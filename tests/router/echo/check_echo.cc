// check_echo DIR: compares the style with recorded outcomes (tests/router/recorded/recorded.h).

#include "tests/router/echo/corpus.h"

int main(int argc, char** argv) {
  return duel::recorded::check(argc, argv, "check_echo", duel::echo::testing::run_corpus);
}

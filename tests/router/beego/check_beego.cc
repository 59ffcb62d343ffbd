// check_beego DIR: compares the style with recorded outcomes (tests/router/recorded/recorded.h).

#include "tests/router/beego/corpus.h"

int main(int argc, char** argv) {
  return duel::recorded::check(argc, argv, "check_beego", duel::beego::testing::run_corpus);
}

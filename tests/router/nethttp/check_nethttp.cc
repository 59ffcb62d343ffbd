// check_nethttp121 DIR and check_nethttp122 DIR: compare a mux with recorded outcomes
// (tests/router/recorded/recorded.h).

#include "tests/router/nethttp/corpus.h"

int main(int argc, char** argv) {
  using duel::nethttp::testing::Version;
  return duel::recorded::check(argc, argv, DUEL_CHECK_NAME, [](const std::filesystem::path& directory) {
    return duel::nethttp::testing::run_corpus(directory, Version::DUEL_CHECK_VERSION);
  });
}

// Runs a program under a seccomp profile, as a container engine does: under_profile FILE PROGRAM [ARGUMENT...]
#include <unistd.h>

#include <cstdio>
#include <exception>

#include "tests/e2e/seccomp_profile.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "under_profile: name a profile and a program\n");
    return 2;
  }
  try {
    const duel::e2e::SeccompProfile profile(argv[1]);
    profile.load();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "under_profile: %s: %s\n", argv[1], error.what());
    return 2;
  }
  ::execv(argv[2], argv + 2);
  std::perror(argv[2]);
  return 127;
}

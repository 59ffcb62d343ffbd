#include <cstdio>

#include "tests/servers/config/flags_doc.h"

// Prints docs/flags.md, for tools/docs.
int main() {
  std::fputs(duel::servers::config::flags_doc().c_str(), stdout);
}

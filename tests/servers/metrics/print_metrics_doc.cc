#include <cstdio>

#include "tests/servers/metrics/metrics_doc.h"

// Prints docs/metrics.md, for tools/docs.
int main() {
  std::fputs(duel::servers::metrics::metrics_doc().c_str(), stdout);
}

#include "alloc/counters.h"

int main() {
  return duel::alloc::available() || duel::alloc::read().bytes == 0 ? 0 : 1;
}

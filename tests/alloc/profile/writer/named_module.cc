#include <cstdint>

// Built twice, with two names: the debug information of both modules has the same offsets.
namespace MODULE_NAME {
namespace {

[[gnu::noinline]] uint64_t address_here() {
  uint64_t address = 0;
  asm volatile("leaq -1(%%rip), %0" : "=r"(address));
  return address;
}

}  // namespace
}  // namespace MODULE_NAME

extern "C" uint64_t address_in_module() {
  return MODULE_NAME::address_here();
}

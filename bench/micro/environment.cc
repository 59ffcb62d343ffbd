#include "bench/micro/environment.h"

#include <benchmark/benchmark.h>
#include <sched.h>
#include <sys/utsname.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "alloc/counters.h"

namespace duel::bench {
namespace {

#if defined(NDEBUG) && defined(__OPTIMIZE__)
constexpr bool kOptimised = true;
#else
constexpr bool kOptimised = false;
#endif

#ifdef __clang__
constexpr std::string_view kCompiler = __VERSION__;
#else
constexpr std::string_view kCompiler = "gcc " __VERSION__;
#endif

std::string kernel() {
  utsname name{};
  return uname(&name) == 0 ? name.release : "unknown";
}

std::string cpu_model() {
  std::ifstream cpus("/proc/cpuinfo");
  constexpr std::string_view kKey = "model name\t: ";
  for (std::string line; std::getline(cpus, line);) {
    if (line.starts_with(kKey)) return line.substr(kKey.size());
  }
  return "unknown";
}

// The number of CPUs that this process may use.
int allowed_cpus() {
  constexpr int kMaxProcessors = 8192;  // CONFIG_NR_CPUS of the largest kernel for x86-64; cpu_set_t has only 1,024
  const size_t size = CPU_ALLOC_SIZE(kMaxProcessors);
  cpu_set_t* const cpus = CPU_ALLOC(kMaxProcessors);
  const int count = sched_getaffinity(0, size, cpus) == 0 ? CPU_COUNT_S(size, cpus) : 0;
  CPU_FREE(cpus);
  return count;
}

void warn(const std::string& warning) {
  std::fprintf(stderr, "***WARNING*** %s\n", warning.c_str());
}

void warn_about(const std::string& build_type) {
  if (!kOptimised || build_type != "Release") {
    warn("This is a " + build_type + " build: its times mean nothing. Use `cmake --preset release`.");
  }
  if (!alloc::available()) {
    warn("The process does not run on jemalloc: allocations are not counted, and another malloc has other costs.");
  }
  if (allowed_cpus() != 1) {
    warn("The process may move between CPUs: start it with `taskset -c 1` for steady figures.");
  }
}

}  // namespace

void describe_environment() {
  const std::string build_type = DUEL_BUILD_TYPE;
  const char* malloc_conf = std::getenv("MALLOC_CONF");
  benchmark::AddCustomContext("build", build_type);
  benchmark::AddCustomContext("compiler", std::string(kCompiler));
  benchmark::AddCustomContext("allocator", alloc::allocator_name());
  benchmark::AddCustomContext("MALLOC_CONF", malloc_conf == nullptr ? "(not set)" : malloc_conf);
  benchmark::AddCustomContext("kernel", kernel());
  benchmark::AddCustomContext("cpu", cpu_model());
  benchmark::AddCustomContext(
      "allowed_cpus", std::to_string(allowed_cpus()) + " of " + std::to_string(std::thread::hardware_concurrency()));
  warn_about(build_type);
}

}  // namespace duel::bench

#include "alloc/profile/heap_sampler.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "alloc/counters.h"
#include "alloc/mallctl.h"
#include "alloc/profile/program.h"

namespace duel::alloc::profile {

bool heap_sampler_present() {
  bool on = false;
  return available() && mallctl_read("opt.prof", on) && on;
}

void restart_with_heap_sampler() {
  constexpr const char* kVariable = "MALLOC_CONF";
  constexpr std::string_view kSampler = "prof:true,prof_active:false,prof_accum:true";
  if (!available() || heap_sampler_present()) return;
  const char* const given = std::getenv(kVariable);
  std::string configuration = given == nullptr ? "" : given;
  if (configuration.find(kSampler) != std::string::npos) return;
  configuration += (configuration.empty() ? "" : ",") + std::string(kSampler);
  setenv(kVariable, configuration.c_str(), 1);
  Command command = own_command();
  execv(command.file.c_str(), command.arguments().data());
}

bool sample_heap(uint64_t mean_bytes) {
  if (!heap_sampler_present() || !std::has_single_bit(mean_bytes)) return false;
  auto log = static_cast<size_t>(std::countr_zero(mean_bytes));
  bool on = true;
  return mallctl_write("prof.reset", log) && mallctl_write("prof.active", on);
}

void pause_heap_sampler() {
  bool on = false;
  mallctl_write("prof.active", on);
}

uint64_t heap_sample_bytes() {
  bool on = false;
  size_t log = 0;
  const bool known = heap_sampler_present() && mallctl_read("prof.active", on) && mallctl_read("prof.lg_sample", log);
  return known && on ? uint64_t{1} << log : 0;
}

bool write_heap_samples(int descriptor) {
  std::array<char, 32> path;  // jemalloc opens the file by its name
  std::snprintf(path.data(), path.size(), "/proc/self/fd/%d", descriptor);
  const char* name = path.data();
  return heap_sampler_present() && mallctl_write("prof.dump", name);
}

}  // namespace duel::alloc::profile

#include "alloc/profile/writer/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>
#include <vector>

#include "alloc/profile/cpu_sampler.h"
#include "alloc/profile/writer/heap_dump.h"
#include "alloc/profile/writer/profile.h"
#include "alloc/profile/writer/stacks.h"
#include "alloc/profile/writer/symbols.h"

namespace duel::alloc::profile::writer {
namespace {

constexpr std::string_view kCount = "count";
constexpr std::string_view kBytes = "bytes";

void begin_cpu(Profile& profile, const Process& process) {
  profile.add_sample_type({.type = "samples", .unit = kCount});
  profile.add_sample_type({.type = "cpu", .unit = "nanoseconds"});
  profile.set_period({.type = "cpu", .unit = "nanoseconds"}, kCpuPeriodNs);
  profile.set_time(process.start_ns, process.duration_ns);
  if (process.dropped > 0) {
    profile.add_comment(std::to_string(process.dropped) + " samples were dropped, because there was no room for them");
  }
}

// The sum, or the maximum if it is larger, because the numbers of a damaged file can have any value.
int64_t sum_up_to_maximum(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

// The maximum number of periods whose time in nanoseconds fits into 64 bits. Only a damaged file has more.
constexpr int64_t kMaxPeriods = std::numeric_limits<int64_t>::max() / kCpuPeriodNs;

// Samples with the same stack and thread are merged.
using CpuStacks = std::map<std::pair<uint32_t, std::vector<uint64_t>>, int64_t>;

CpuStacks read_cpu_samples(std::string_view samples, Symbols& symbols) {
  CpuStacks stacks;
  while (samples.size() >= sizeof(CpuSample)) {
    CpuSample sample;
    std::memcpy(&sample, samples.data(), sizeof sample);
    samples.remove_prefix(sizeof sample);
    if (sample.registers_known != kRegisters || sample.stack_bytes > kMaxStackBytes) {
      throw BadInput("these are not samples of CPU time, or they come from another version");
    }
    if (sample.stack_bytes > samples.size()) break;  // the last sample is incomplete
    int64_t& periods = stacks[{sample.thread, symbols.unwind(sample, samples.substr(0, sample.stack_bytes))}];
    periods = std::min(periods + sample.periods, kMaxPeriods);
    samples.remove_prefix(sample.stack_bytes);
  }
  return stacks;
}

std::string hex(uint64_t value) {
  std::array<char, 19> text;
  std::snprintf(text.data(), text.size(), "0x%" PRIx64, value);
  return text.data();
}

std::string counts(const std::array<int64_t, 4>& values) {
  std::array<char, 96> text;
  std::snprintf(text.data(), text.size(), "%" PRId64 ": %" PRId64 " [%" PRId64 ": %" PRId64 "] @", values[2], values[3],
                values[0], values[1]);
  return text.data();
}

}  // namespace

std::string heap_profile(const Process& process, std::string_view samples, std::string_view shown_first) {
  const HeapDump dump = read_heap_dump(samples);
  Profile profile;
  for (const char* type : {"alloc_objects", "alloc_space", "inuse_objects", "inuse_space"}) {
    profile.add_sample_type({.type = type, .unit = std::string_view(type).ends_with("objects") ? kCount : kBytes});
  }
  profile.set_period({.type = "space", .unit = kBytes}, dump.sample_bytes);
  profile.set_time(process.start_ns, process.duration_ns);
  profile.set_default_sample_type(shown_first);
  const Symbols symbols(process);
  Stacks stacks(symbols);
  StackTable table(process, symbols.names_functions(0), profile);
  for (const HeapStack& heap : dump.stacks) {
    std::vector<Place> stack = stacks.named(heap.addresses, /*leaf_is_a_call=*/true);
    drop_allocator(stack);
    profile.add_sample(table.locations_of(stack), {heap.values.begin(), heap.values.end()});
  }
  return gzip(profile.serialise());
}

std::string heap_text(const Process& process, std::string_view samples) {
  HeapDump dump = read_heap_dump(samples);
  std::sort(dump.stacks.begin(), dump.stacks.end(),
            [](const HeapStack& a, const HeapStack& b) { return a.values[3] > b.values[3]; });
  std::array<int64_t, 4> total{};
  for (const HeapStack& heap : dump.stacks) {
    for (size_t i = 0; i < total.size(); ++i) total[i] = sum_up_to_maximum(total[i], heap.values[i]);
  }
  const Symbols symbols(process);
  Stacks stacks(symbols);
  std::string text = "heap profile: " + counts(total) + " heap/" + std::to_string(dump.sample_bytes) + "\n";
  for (const HeapStack& heap : dump.stacks) {
    std::vector<Place> stack = stacks.named(heap.addresses, /*leaf_is_a_call=*/true);
    drop_allocator(stack);
    text += counts(heap.values);
    for (const Place& place : stack) text += " " + hex(place.address);
    text += "\n";
    for (const Place& place : stack) {
      for (const Frame& frame : place.frames) {
        text += "#\t" + hex(place.address) + "\t" + frame.function;
        if (!frame.file.empty()) text += "\t" + frame.file + ":" + std::to_string(frame.line);
        text += "\n";
      }
    }
    text += "\n";
  }
  return text;
}

std::string cpu_profile(const Process& process, std::string_view samples) {
  Profile profile;
  begin_cpu(profile, process);
  Symbols symbols(process);
  Stacks stacks(symbols);
  StackTable table(process, symbols.names_functions(0), profile);
  for (const auto& [where, periods] : read_cpu_samples(samples, symbols)) {
    const auto& [thread, addresses] = where;
    const auto name = process.threads.find(thread);
    profile.add_sample(table.locations_of(stacks.named(addresses, /*leaf_is_a_call=*/false)),
                       {periods, periods * kCpuPeriodNs},
                       {{"thread", name == process.threads.end() ? "ended" : std::string_view(name->second)}});
  }
  return gzip(profile.serialise());
}

std::string symbol_lines(const Process& process, std::string_view addresses) {
  const Symbols symbols(process);
  std::string lines = "num_symbols: 1\n";
  while (addresses.starts_with("0x")) {
    addresses.remove_prefix(2);
    uint64_t address = 0;
    const auto [end, error] = std::from_chars(addresses.data(), addresses.data() + addresses.size(), address, 16);
    if (error != std::errc()) break;
    const std::vector<Frame> frames = symbols.frames(address);
    // Addresses without a name are left out, as in Go. For inlined functions, the function that contains them is named.
    if (!frames.empty()) lines += hex(address) + " " + frames.back().function + "\n";
    addresses.remove_prefix(static_cast<size_t>(end - addresses.data()));
    if (addresses.starts_with("+")) addresses.remove_prefix(1);
  }
  return lines;
}

}  // namespace duel::alloc::profile::writer

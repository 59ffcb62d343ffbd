#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "alloc/profile/cpu_samples.h"
#include "alloc/profile/writer/frame_name.h"
#include "alloc/profile/writer/heap_dump.h"
#include "alloc/profile/writer/write.h"

// What the writer of profiles reads: the first byte chooses, 'h' samples of the heap, 'c' of CPU time, 's' addresses,
// 'n' a linker's name; up to a line "--" stands the text about the process. Everything gives a result or BadInput.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duel::alloc::profile::writer;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr std::string_view kBorder = "\n--\n";
  const size_t border = input.find(kBorder);
  const std::string_view text = input.substr(0, border);
  const std::string_view samples =
      border == std::string_view::npos ? std::string_view() : input.substr(border + kBorder.size());
  duel::alloc::profile::writer::Process process = duel::alloc::profile::writer::read_process(text);
  process.pid = 0;  // no file of a living process
  for (duel::alloc::profile::writer::Module& module : process.modules)
    module.path.clear();  // and none that a fuzzer may name
  try {
    if (data[0] == 'h') {
      duel::alloc::profile::writer::heap_profile(process, samples, "inuse_space");
      duel::alloc::profile::writer::heap_text(process, samples);
    } else if (data[0] == 'c') {
      duel::alloc::profile::writer::cpu_profile(process, samples);
    } else if (data[0] == 's') {
      duel::alloc::profile::writer::symbol_lines(process, samples);
    } else if (data[0] == 'n') {
      duel::alloc::profile::writer::short_name(std::string(samples));
      duel::alloc::profile::writer::without_arguments(samples);
    }
  } catch (const duel::alloc::profile::writer::BadInput&) {
    return 0;
  }
  return 0;
}

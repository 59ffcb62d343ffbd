#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "alloc/profile/cpu_samples.h"
#include "alloc/profile/writer/frame_name.h"
#include "alloc/profile/writer/heap_dump.h"
#include "alloc/profile/writer/write.h"

// The input of the profile writer. The first byte chooses its kind: 'h' for samples of the heap, 'c' for samples of CPU
// time, 's' for addresses, 'n' for a linker's name. Then follow the facts about the process, a line "--", and the
// samples. Each input must give a result or BadInput.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duel::alloc::profile::writer;
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  constexpr std::string_view kBorder = "\n--\n";
  const size_t border = input.find(kBorder);
  const std::string_view text = input.substr(0, border);
  const std::string_view samples =
      border == std::string_view::npos ? std::string_view() : input.substr(border + kBorder.size());
  Process process = read_process(text);
  // The fuzzer must not choose files to open.
  process.pid = 0;
  for (Module& module : process.modules) module.path.clear();
  try {
    if (data[0] == 'h') {
      heap_profile(process, samples, "inuse_space");
      heap_text(process, samples);
    } else if (data[0] == 'c') {
      cpu_profile(process, samples);
    } else if (data[0] == 's') {
      symbol_lines(process, samples);
    } else if (data[0] == 'n') {
      short_name(std::string(samples));
      without_arguments(samples);
    }
  } catch (const BadInput&) {
    return 0;
  }
  return 0;
}

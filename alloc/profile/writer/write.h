#pragma once

#include <string>
#include <string_view>

#include "alloc/profile/writer/process.h"

namespace duel::alloc::profile::writer {

// Kinds of profile, each made of what was sampled and a text about the process (alloc/profile/process_text.h).
// Throw BadInput.

// Of jemalloc's text: alloc_objects, alloc_space, inuse_objects, inuse_space. `shown_first` is one of them. gzip.
std::string heap_profile(const Process& process, std::string_view samples, std::string_view shown_first);
// The same for people: what runtime/pprof gives for debug=1.
std::string heap_text(const Process& process, std::string_view samples);
// Of CpuSample records: samples and CPU time, labelled with the thread. gzip.
std::string cpu_profile(const Process& process, std::string_view samples);
// "0x55d1+0x55d2" as lines of address and name, as the symbol service of pprof answers.
std::string symbol_lines(const Process& process, std::string_view addresses);

}  // namespace duel::alloc::profile::writer

#pragma once

#include <string>
#include <string_view>

#include "alloc/profile/writer/process.h"

namespace duel::alloc::profile::writer {

// For the profile writer and its tests: the kinds of profile. Each function gets the process and the samples, and
// throws BadInput if the samples are not valid.

// A heap profile from jemalloc's text, compressed with gzip. Its types are alloc_objects, alloc_space, inuse_objects
// and inuse_space. pprof shows the type `shown_first` by default.
std::string heap_profile(const Process& process, std::string_view samples, std::string_view shown_first);
// The same as text, in the format of Go's runtime/pprof with debug=1.
std::string heap_text(const Process& process, std::string_view samples);
// A CPU profile from CpuSample records, compressed with gzip. It has samples and CPU time, labelled with the thread.
std::string cpu_profile(const Process& process, std::string_view samples);
// Returns one line per known address of a list such as "0x55d1+0x55d2": the address and the name of its function. The
// format is that of pprof's symbol service.
std::string symbol_lines(const Process& process, std::string_view addresses);

}  // namespace duel::alloc::profile::writer

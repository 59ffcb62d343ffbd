#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "alloc/profile/memory_file.h"

namespace duel::servers::profiles {

// Runs the program profile_writer, which lies beside this one, at low priority and waits for it; this process's memory
// does not grow by what naming functions takes. `process` as of profile::describe_process().
//
// Throws ProfileRefused: the program is missing, fails (with the sentence that it says), takes longer than a minute, or
// a stop was requested.
std::string write_profile(const char* kind, const alloc::profile::MemoryFile& samples, std::string_view process,
                          const std::stop_token& stop);

}  // namespace duel::servers::profiles

#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "alloc/profile/memory_file.h"

namespace duel::servers::profiles {

// Runs the program profile_writer, which must be beside this program, at low priority, waits for it, and returns its
// profile. A separate program looks up the names of functions, so that the memory of this process does not grow.
// `process` comes from alloc::profile::describe_process().
//
// Throws ProfileRefused with the status 503 if the program is missing, cannot be started, is killed or takes longer
// than a minute, or if a stop was requested. The status is 500 if the program fails, which is a defect; the exception
// then has its message.
std::string write_profile(const char* kind, const alloc::profile::MemoryFile& samples, std::string_view process,
                          const std::stop_token& stop);

}  // namespace duel::servers::profiles

#pragma once

#include "http/start_error.h"

namespace duel::http::core {

// The cause and the cure for an errno of io_uring_setup(2), io_uring_register(2) or io_uring_enter(2) at the start: a
// seccomp profile, the sysctl kernel.io_uring_disabled, an old kernel, the limit of locked memory, or the limit of open
// files.
StartError explain_ring_error(int error);

}  // namespace duel::http::core

#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace duel::e2e {

// The descriptors of this process that belong to an io_uring.
inline std::vector<int> rings() {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // the descriptor that reads this folder is closed afterwards
    if (std::filesystem::read_symlink(entry, gone) == "anon_inode:[io_uring]") {
      found.push_back(std::stoi(entry.path().filename()));
    }
  }
  return found;
}

// Replaces the ring by /dev/null. A worker that waits in the ring notices it after the next event.
inline void take_away(int ring) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(::dup3(nothing, ring, O_CLOEXEC), 0);
  ::close(nothing);
}

}  // namespace duel::e2e

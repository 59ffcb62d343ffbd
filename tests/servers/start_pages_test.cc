#include "servers/start_pages.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

namespace duel::servers {
namespace {

constexpr size_t kPage = 4096;
// A page that is used makes its neighbours present, up to so many bytes.
constexpr size_t kAround = size_t{64} << 10U;

// Constants of this program: pages that the file has, in a segment that cannot be written.
const char kUntouched[3 * kAround] = {'f'};
alignas(kPage) const char kMarked[kPage] = {'f'};

// The first page in kUntouched whose neighbours are in it, too.
const char* alone() {
  const uintptr_t begin = reinterpret_cast<uintptr_t>(kUntouched);
  return kUntouched + (kAround - begin % kAround);
}

// The compiler must not know the constants.
char read(const char* at) {
  asm volatile("" : "+r"(at) : : "memory");
  return *at;
}

// As a debugger writes a breakpoint: the page becomes one of this process alone. False if this kernel does not let a
// process write to its constants (proc_mem.force_override).
bool mark(const char* at) {
  std::FILE* const memory = std::fopen("/proc/self/mem", "r+b");
  if (memory == nullptr) return false;
  const bool found = std::fseek(memory, static_cast<long>(reinterpret_cast<uintptr_t>(at)), SEEK_SET) == 0;
  std::fputc('m', memory);
  return std::fclose(memory) == 0 && found;
}

bool is_present(const char* at) {
  const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  uint64_t entry = 0;
  const off_t offset = static_cast<off_t>(reinterpret_cast<uintptr_t>(at) / kPage * sizeof entry);
  EXPECT_EQ(pread(pagemap, &entry, sizeof entry, offset), static_cast<ssize_t>(sizeof entry));
  close(pagemap);
  return (entry >> 63) != 0;
}

TEST(StartPages, GoBackIfTheFileHasThem) {
  EXPECT_EQ(read(alone()), '\0');
  ASSERT_TRUE(is_present(alone()));
  give_start_pages_back();
  EXPECT_FALSE(is_present(alone()));
  EXPECT_EQ(read(alone()), '\0');
}

TEST(StartPages, StayIfTheyWereWrittenTo) {
  if (!mark(kMarked)) GTEST_SKIP() << "this kernel does not let a process write to its constants";
  give_start_pages_back();
  EXPECT_EQ(read(kMarked), 'm');
}

}  // namespace
}  // namespace duel::servers

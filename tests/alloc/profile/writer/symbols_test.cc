#include "alloc/profile/writer/symbols.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "alloc/profile/process_text.h"
#include "alloc/profile/writer/write.h"

// libdw itself leaks memory when a file is damaged. LeakSanitizer calls this function.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libdw.so";
}

namespace duel::alloc::profile::writer {
namespace {

#if defined(__x86_64__)

// Inlined in every build, so that the address belongs to two functions.
[[gnu::always_inline]] inline uint64_t address_here() {
  uint64_t address = 0;
  asm volatile("leaq -1(%%rip), %0" : "=r"(address));  // the address of the last byte of this instruction
  return address;
}

struct Holder {
  [[gnu::noinline]] static uint64_t outer() {
    const uint64_t address = address_here();
    asm volatile("" : : "r"(address) : "memory");
    return address;
  }
};

class SymbolsTest : public ::testing::Test {
 protected:
  Process process_ = read_process(describe_process());
};

TEST_F(SymbolsTest, InlinedFunctionsComeFirst) {
  const Symbols symbols(process_);
  const std::vector<Frame> frames = symbols.frames(Holder::outer());
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].function, "duel::alloc::profile::writer::(anonymous namespace)::address_here");
  EXPECT_EQ(frames[1].function, "duel::alloc::profile::writer::(anonymous namespace)::Holder::outer");
  for (const Frame& frame : frames) {
    EXPECT_TRUE(frame.file.ends_with("symbols_test.cc")) << frame.file;
    EXPECT_GT(frame.line, 0);
  }
  EXPECT_LT(frames[0].line, frames[1].line);
}

TEST_F(SymbolsTest, LibrariesHaveNames) {
  const Symbols symbols(process_);
  // The pointer is volatile, so that the address is that of the function in the library.
  double (*volatile function)(double, double) = &std::fmod;
  const std::vector<Frame> frames = symbols.frames(reinterpret_cast<uint64_t>(function));
  ASSERT_FALSE(frames.empty());
  EXPECT_FALSE(frames[0].function.empty());
}

// Loads a module, and returns the address of an instruction of it.
uint64_t address_in(const char* path) {
  void* const module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(module, nullptr) << dlerror();
  if (module == nullptr) return 0;
  auto* const function = reinterpret_cast<uint64_t (*)()>(dlsym(module, "address_in_module"));
  EXPECT_NE(function, nullptr) << dlerror();
  return function == nullptr ? 0 : function();
}

TEST_F(SymbolsTest, ModulesWithTheSameOffsetsHaveTheirOwnNames) {
  const uint64_t alpha = address_in(MODULE_ALPHA);
  const uint64_t beta = address_in(MODULE_BETA);
  const Process process = read_process(describe_process());
  const Symbols symbols(process);
  for (const auto& [address, name] : {std::pair(alpha, "alpha"), std::pair(beta, "beta")}) {
    const std::vector<Frame> frames = symbols.frames(address);
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames[0].function, std::string(name) + "::(anonymous namespace)::address_here");
  }
}

TEST_F(SymbolsTest, AFunctionThatIsDeclaredInsideItselfEnds) {
  const uint64_t address = address_in(MODULE_ENDLESS);
  const Process process = read_process(describe_process());
  const Symbols symbols(process);
  EXPECT_FALSE(symbols.frames(address).empty());
}

TEST_F(SymbolsTest, UnknownAddressesHaveNoFrames) {
  const Symbols symbols(process_);
  EXPECT_TRUE(symbols.frames(0).empty());
  EXPECT_TRUE(symbols.frames(UINT64_MAX).empty());
  EXPECT_FALSE(symbols.at_system_call(0));
  EXPECT_FALSE(symbols.at_system_call(UINT64_MAX));
}

// A newer file at the same path would give wrong names.
TEST_F(SymbolsTest, AFileOfAnotherBuildIsNotUsed) {
  for (Module& module : process_.modules) module.build_id = "0123456789";
  const Symbols symbols(process_);
  EXPECT_TRUE(symbols.frames(Holder::outer()).empty()) << "pprof can still find the right file";
  EXPECT_FALSE(symbols.names_functions(0));
}

// For example after a rebuild while the server runs.
TEST_F(SymbolsTest, AProgramWhoseFileIsGoneIsReadFromTheKernel) {
  process_.modules[0].path = "/nowhere";
  const Symbols symbols(process_);
  EXPECT_EQ(symbols.frames(Holder::outer()).size(), 2U);
  EXPECT_TRUE(symbols.names_functions(0));
}

struct Caller {
  // The address to which the kernel returns from getpid.
  [[gnu::noinline]] static uint64_t behind_a_system_call() {
    uint64_t address = 0;
    int64_t result = SYS_getpid;
    asm volatile("syscall\n\tleaq (%%rip), %1" : "+a"(result), "=r"(address) : : "rcx", "r11", "memory");
    constexpr uint64_t kLengthOfLea = 7;
    return address - kLengthOfLea;
  }
};

TEST_F(SymbolsTest, RecognisesSystemCalls) {
  const Symbols symbols(process_);
  const uint64_t behind = Caller::behind_a_system_call();
  EXPECT_TRUE(symbols.at_system_call(behind));
  EXPECT_TRUE(symbols.at_system_call(behind - 2)) << "the address of the instruction itself, if the call is restarted";
  EXPECT_FALSE(symbols.at_system_call(behind - 1));
  EXPECT_FALSE(symbols.at_system_call(behind + 1));
}

// No content of a file can crash the writer.
TEST_F(SymbolsTest, DamagedFilesAreHarmless) {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const uint64_t address = Holder::outer();
  const std::string path = ::testing::TempDir() + "broken" + std::to_string(getpid());
  process_.pid = 0;
  process_.modules[0].path = path;
  process_.modules[0].build_id.clear();
  std::srand(7);
  for (int round = 0; round < 60; ++round) {
    std::string broken =
        bytes.substr(0, round % 3 == 0 ? bytes.size() / 60 * static_cast<size_t>(round) : bytes.size());
    const size_t reach = round % 2 == 0 ? std::min<size_t>(broken.size(), 4096) : broken.size();
    for (int i = 0; i < 1 << (round % 16) && reach > 0; ++i) {
      broken[static_cast<size_t>(std::rand()) % reach] = static_cast<char>(std::rand());
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << broken;
    const Symbols symbols(process_);
    symbols.frames(address);
    symbols.names_functions(0);
    symbols.at_system_call(address);
  }
  std::filesystem::remove(path);
}

TEST_F(SymbolsTest, AnswersLikePprofsSymbolService) {
  const uint64_t address = Holder::outer();
  char query[64];
  std::snprintf(query, sizeof query, "0x%llx+0x1", static_cast<unsigned long long>(address));
  const std::string lines = symbol_lines(process_, query);
  EXPECT_TRUE(lines.starts_with("num_symbols: 1\n0x")) << lines;
  EXPECT_NE(lines.find(" duel::alloc::profile::writer::(anonymous namespace)::Holder::outer\n"), std::string::npos)
      << lines;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << "0x1 has no name";
  for (const char* nonsense : {"", "x", "0x", "0xzz", "0x1+", "+0x1", "0xffffffffffffffffffff"}) {
    EXPECT_EQ(symbol_lines(process_, nonsense), "num_symbols: 1\n") << nonsense;
  }
}

#endif

}  // namespace
}  // namespace duel::alloc::profile::writer

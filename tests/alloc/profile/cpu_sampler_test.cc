#include "alloc/profile/cpu_sampler.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "alloc/counters.h"
#include "alloc/profile/memory_file.h"
#include "alloc/profile/process_text.h"
#include "alloc/profile/writer/heap_dump.h"
#include "alloc/profile/writer/write.h"
#include "tests/alloc/keep.h"
#include "tests/alloc/profile/writer/decoded.h"

namespace duel::alloc::profile {
namespace {

[[gnu::noinline]] uint64_t burn_some() {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < 100'000; ++i) {
    sum += i * i;
    asm volatile("" : "+r"(sum));
  }
  return sum;
}

[[gnu::noinline]] void call_the_kernel(int zeros) {
  char bytes[4096];
  for (int i = 0; i < 50; ++i) {
    if (::read(zeros, bytes, sizeof bytes) < 0) throw std::runtime_error("no zeros");
  }
  alloc::keep(bytes);
}

class CpuSamplerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_JEMALLOC();  // sanitizers do not allow these signals
    if (!cpu_sampler_present()) GTEST_SKIP() << "not available on this machine";
  }

  // Calls `work` on another thread until there are `samples` samples.
  writer::Decoded recording_of(const std::function<void()>& work, uint64_t samples = 30) {
    MemoryFile file("samples");
    CpuSampler sampler(file.descriptor());
    std::string process;
    std::thread worker([&] {
      pthread_setname_np(pthread_self(), "busy");
      sampler.follow_threads();
      while (sampler.counts().samples < samples) work();
      process = describe_process() + "duration_ns 5\n";
    });
    worker.join();
    sampler.stop();
    counts_ = sampler.counts();
    return writer::decode(writer::cpu_profile(writer::read_process(process), file.read(SIZE_MAX)));
  }

  CpuSampler::Counts counts_;
};

TEST_F(CpuSamplerTest, NamesTheFunctionsThatUseTheTime) {
  const writer::Decoded profile = recording_of(burn_some);
  EXPECT_EQ(profile.period, kCpuPeriodNs);
  EXPECT_EQ(profile.duration_ns, 5);
  EXPECT_GE(profile.total("samples/count"), 30);
  EXPECT_EQ(profile.total("cpu/nanoseconds"), profile.total("samples/count") * kCpuPeriodNs);
  int64_t busy = 0;
  for (const writer::DecodedSample& sample : profile.samples) {
    if (sample.labels.at("thread") != "busy") continue;
    busy += sample.values[0];
    EXPECT_TRUE(sample.has("burn_some") || sample.has("recording_of")) << sample.functions.front();
    EXPECT_NE(sample.functions.front(), "[kernel]") << "burn_some makes no system call";
  }
  EXPECT_GT(busy, 0);
  EXPECT_GT(profile.total("samples/count", "burn_some"), busy / 2);
}

// The C library has no frame pointers, so following them would lose its callers.
TEST_F(CpuSamplerTest, NamesTheCallersOfSystemCalls) {
  const int zeros = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(zeros, 0);
  const writer::Decoded profile = recording_of([&] { call_the_kernel(zeros); });
  ::close(zeros);
  EXPECT_GT(profile.total("samples/count", "call_the_kernel"), 0);
  for (const writer::DecodedSample& sample : profile.samples) {
    if (sample.has("call_the_kernel")) {
      EXPECT_TRUE(sample.has("recording_of")) << "the caller of the caller";
    }
  }
  EXPECT_GT(profile.total("samples/count", "[kernel]"), 0);
}

TEST_F(CpuSamplerTest, RefusesASecondRecording) {
  MemoryFile file("samples");
  {
    const CpuSampler sampler(file.descriptor());
    EXPECT_THROW(CpuSampler(file.descriptor()), std::logic_error);
  }
  EXPECT_NO_THROW(CpuSampler(file.descriptor()));
}

TEST_F(CpuSamplerTest, AfterTheEndNothingIsWritten) {
  MemoryFile file("samples");
  {
    CpuSampler sampler(file.descriptor());
    while (sampler.counts().samples == 0) burn_some();
  }
  const uint64_t size = file.size();
  rusage before{};
  rusage now{};
  getrusage(RUSAGE_SELF, &before);
  do {  // wait for some periods of CPU time
    burn_some();
    getrusage(RUSAGE_SELF, &now);
  } while ((now.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1'000'000 + now.ru_utime.tv_usec - before.ru_utime.tv_usec <
           5 * kCpuPeriodNs / 1000);
  EXPECT_EQ(file.size(), size);
}

TEST_F(CpuSamplerTest, CountsDroppedSamples) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  CpuSampler sampler(full);
  while (sampler.counts().dropped < 3) burn_some();
  sampler.stop();
  ::close(full);
  EXPECT_EQ(sampler.counts().samples, 0U);
  const writer::Decoded profile = writer::decode(writer::cpu_profile(writer::read_process("dropped 3\n"), {}));
  ASSERT_EQ(profile.comments.size(), 1U);
  EXPECT_NE(profile.comments[0].find("3 samples were dropped"), std::string::npos);
}

TEST_F(CpuSamplerTest, TakingSamplesAllocatesNothing) {
  MemoryFile file("samples");
  CpuSampler sampler(file.descriptor());
  while (sampler.counts().samples < 2) burn_some();
  const uint64_t before = alloc::allocated_bytes();
  const uint64_t taken = sampler.counts().samples;
  while (sampler.counts().samples < taken + 3) burn_some();
  EXPECT_EQ(alloc::allocated_bytes(), before);
}

TEST(CpuProfile, IncompleteSamplesAreLeftOut) {
  CpuSample sample{.thread = 1, .periods = 2, .stack_bytes = 16, .registers_known = kRegisters, .registers = {}};
  sample.registers[kProgramCounter] = 0x1234;
  std::string bytes(reinterpret_cast<const char*>(&sample), sizeof sample);
  bytes += std::string(16, '\0');
  const std::string whole = bytes;
  bytes += whole.substr(0, whole.size() - 1);
  const writer::Decoded profile = writer::decode(writer::cpu_profile(writer::Process(), bytes));
  ASSERT_EQ(profile.samples.size(), 1U);
  EXPECT_EQ(profile.samples[0].values[0], 2);
  EXPECT_EQ(profile.samples[0].addresses[0], 0x1234U);
  EXPECT_EQ(profile.samples[0].labels.at("thread"), "ended");
}

TEST(CpuProfile, TheTimeOfADamagedFileStopsAtTheMaximum) {
  const CpuSample sample{
      .thread = 1, .periods = UINT32_MAX, .stack_bytes = 0, .registers_known = kRegisters, .registers = {}};
  const std::string one(reinterpret_cast<const char*>(&sample), sizeof sample);
  constexpr int64_t kMaximum = INT64_MAX / kCpuPeriodNs;
  std::string bytes;
  for (int64_t periods = 0; periods <= kMaximum; periods += sample.periods) bytes += one;
  const writer::Decoded profile = writer::decode(writer::cpu_profile(writer::Process(), bytes));
  ASSERT_EQ(profile.samples.size(), 1U);
  EXPECT_EQ(profile.samples[0].values[0], kMaximum);
  EXPECT_EQ(profile.samples[0].values[1], kMaximum * kCpuPeriodNs);
}

TEST(CpuProfile, InvalidSamplesAreRefused) {
  EXPECT_THROW(cpu_profile(writer::Process(), std::string(1000, 'x')), writer::BadInput);
}

}  // namespace
}  // namespace duel::alloc::profile

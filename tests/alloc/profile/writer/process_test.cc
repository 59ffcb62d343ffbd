#include "alloc/profile/writer/process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "alloc/profile/process_text.h"
#include "alloc/profile/writer/symbols.h"

namespace duel::alloc::profile::writer {
namespace {

TEST(Process, IsReadBack) {
  const Process process = read_process(
      "pid 12\nmodule 7f00 abcd /path with blanks/a.so\nsegment 8f00 9f00 1000\nmodule 0 - /b\nthread 5 two words\n"
      "start_ns 17\nduration_ns 18\ndropped 19\n");
  EXPECT_EQ(process.pid, 12);
  ASSERT_EQ(process.modules.size(), 2U);
  EXPECT_EQ(process.modules[0].bias, 0x7f00U);
  EXPECT_EQ(process.modules[0].build_id, "abcd");
  EXPECT_EQ(process.modules[0].path, "/path with blanks/a.so");
  ASSERT_EQ(process.modules[0].segments.size(), 1U);
  EXPECT_EQ(process.modules[0].segments[0].file_offset, 0x1000U);
  EXPECT_EQ(process.modules[1].build_id, "");
  EXPECT_EQ(process.threads.at(5), "two words");
  EXPECT_EQ(process.start_ns, 17);
  EXPECT_EQ(process.duration_ns, 18);
  EXPECT_EQ(process.dropped, 19U);
  EXPECT_EQ(module_of(process, 0x8f00), 0U);
  EXPECT_EQ(module_of(process, 0x9f00), 2U) << "the end is outside";
}

TEST(Process, UnknownLinesAreIgnored) {
  const Process process = read_process(
      "\nsegment 1 2 3\npid\npid x\nmodule\nmodule zz - /a\nthread\nthread x y\nfuture 5\nmodule 1 - \nsegment 5 4 0\n"
      "segment 1 2\nsegment ffffffffffffffffff 2 3");
  EXPECT_EQ(process.pid, 0);
  ASSERT_EQ(process.modules.size(), 1U);
  EXPECT_TRUE(process.modules[0].segments.empty());
}

TEST(Process, DescribesItself) {
  const Process process = read_process(describe_process());
  EXPECT_EQ(process.pid, getpid());
  ASSERT_GE(process.modules.size(), 3U) << "the program, its libraries and the vdso";
  EXPECT_NE(process.modules[0].path.find("alloc_profile_tests"), std::string::npos);
  EXPECT_GE(process.modules[0].build_id.size(), 16U) << "the linker writes build ids";
  const auto here = reinterpret_cast<uint64_t>(&describe_process);
  EXPECT_EQ(module_of(process, here), 0U);
  EXPECT_TRUE(process.threads.contains(static_cast<uint32_t>(gettid())));
}

}  // namespace
}  // namespace duel::alloc::profile::writer

#include "alloc/profile/writer/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alloc/profile/writer/stacks.h"
#include "tests/alloc/profile/writer/decoded.h"

namespace duel::alloc::profile::writer {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Frame frame(const char* function) {
  return {.function = function, .symbol = {}, .file = "a.cc", .line = 7};
}

TEST(Message, WireFormat) {
  Message message;
  message.number(1, uint64_t{150});
  message.bytes(2, "testing");
  message.number(3, uint64_t{0});
  const std::vector<int64_t> numbers = {3, 270, 86942};
  message.packed(4, std::span<const int64_t>(numbers));
  // The examples in the documentation of the format.
  EXPECT_EQ(message.data(), std::string("\x08\x96\x01\x12\x07testing\x22\x06\x03\x8E\x02\x9E\xA7\x05", 20));
}

TEST(Profile, IsReadBack) {
  Profile profile;
  profile.add_sample_type({.type = "samples", .unit = "count"});
  profile.add_sample_type({.type = "cpu", .unit = "nanoseconds"});
  profile.set_period({.type = "cpu", .unit = "nanoseconds"}, 10'000'000);
  profile.set_time(5, 6);
  profile.set_default_sample_type("cpu");
  profile.add_comment("a comment");
  const Profile::Id mapping = profile.add_mapping(
      {.start = 0x1000, .end = 0x2000, .file_offset = 0x100, .path = "/a", .build_id = "ab", .symbolised = true});
  const Profile::Id leaf = profile.add_location(0x1100, mapping, {frame("inlined"), frame("outer")});
  const Profile::Id root = profile.add_location(0x1200, mapping, {frame("main")});
  const Profile::Id unknown = profile.add_location(0x9000, 0, {});
  profile.add_sample({leaf, root}, {2, -5}, {{"thread", "worker"}});
  profile.add_sample({unknown}, {0, 1});
  const Decoded decoded = decode(gzip(profile.serialise()));
  EXPECT_THAT(decoded.sample_types, ElementsAre("samples/count", "cpu/nanoseconds"));
  EXPECT_EQ(decoded.period_type, "cpu/nanoseconds");
  EXPECT_EQ(decoded.period, 10'000'000);
  EXPECT_EQ(decoded.start_ns, 5);
  EXPECT_EQ(decoded.duration_ns, 6);
  EXPECT_EQ(decoded.default_type, "cpu");
  EXPECT_THAT(decoded.comments, ElementsAre("a comment"));
  ASSERT_EQ(decoded.mappings.size(), 1U);
  EXPECT_EQ(decoded.mappings[0].build_id, "ab");
  EXPECT_TRUE(decoded.mappings[0].has_functions);
  ASSERT_EQ(decoded.samples.size(), 2U);
  EXPECT_THAT(decoded.samples[0].functions, ElementsAre("inlined", "outer", "main"));
  EXPECT_THAT(decoded.samples[0].values, ElementsAre(2, -5));
  EXPECT_THAT(decoded.samples[0].labels, ElementsAre(Pair("thread", "worker")));
  EXPECT_THAT(decoded.samples[1].addresses, ElementsAre(0x9000));
  EXPECT_EQ(decoded.total("cpu/nanoseconds"), -4);
}

TEST(FoldLibrary, KeepsTheFunctionThatContainsIt) {
  std::vector<Frame> frames = {frame("std::vector::push_back"), frame("mine"), frame("__gnu_cxx::x"), frame("outer")};
  fold_library(frames);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].function, "mine");
  EXPECT_EQ(frames[1].function, "outer");
}

TEST(FoldLibrary, KeepsFunctionsThatAreNotInlined) {
  std::vector<Frame> frames = {frame("std::char_traits::copy"), frame("std::string::append")};
  fold_library(frames);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].function, "std::string::append") << "not inlined";
  std::vector<Frame> none;
  fold_library(none);
  EXPECT_TRUE(none.empty());
}

TEST(DropAllocator, KeepsTheFunctionThatAllocates) {
  std::vector<Place> stack = {
      {.address = 1, .frames = {frame("malloc")}},
      {.address = 2, .frames = {frame("operator new"), frame("std::vector::push_back"), frame("mine")}},
      {.address = 3, .frames = {frame("std::sort")}}};
  drop_allocator(stack);
  ASSERT_EQ(stack.size(), 2U);
  ASSERT_EQ(stack[0].frames.size(), 1U);
  EXPECT_EQ(stack[0].frames[0].function, "mine");
  EXPECT_EQ(stack[1].frames[0].function, "std::sort") << "frames above the leaf stay";
}

TEST(DropAllocator, KeepsAStackThatWouldBecomeEmpty) {
  std::vector<Place> stack = {{.address = 1, .frames = {frame("malloc")}}, {.address = 2, .frames = {frame("std::x")}}};
  drop_allocator(stack);
  EXPECT_EQ(stack.size(), 2U);
}

TEST(DropAllocator, StopsAtAnAddressWithoutAName) {
  std::vector<Place> stack = {{.address = 1, .frames = {frame("malloc")}}, {.address = 2, .frames = {}}};
  drop_allocator(stack);
  ASSERT_EQ(stack.size(), 1U);
  EXPECT_EQ(stack[0].address, 2U);
}

}  // namespace
}  // namespace duel::alloc::profile::writer

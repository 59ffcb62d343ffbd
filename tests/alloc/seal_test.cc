#include "alloc/seal.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/alloc/keep.h"

namespace duel::alloc {
namespace {

void allocate() {
  keep(std::make_unique<char[]>(48).get());
}

class SealTest : public testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_JEMALLOC();
    enforce_seals(false);
  }
  void TearDown() override { enforce_seals(false); }

  template <class Action>
  static uint64_t broken_by(Action action) {
    const uint64_t before = broken_seals();
    action();
    return broken_seals() - before;
  }
};

TEST_F(SealTest, HoldsWhenNothingIsAllocated) {
  EXPECT_EQ(broken_by([] { const Seal seal("quiet"); }), 0u);
}

TEST_F(SealTest, FreeingIsNoBreak) {
  auto block = std::make_unique<char[]>(48);
  EXPECT_EQ(broken_by([&] {
              const Seal seal("free");
              block.reset();
            }),
            0u);
}

TEST_F(SealTest, BreaksWhenAllocatedEvenIfFreedAgain) {
  EXPECT_EQ(broken_by([] {
              const Seal seal("loud");
              allocate();
            }),
            1u);
}

TEST_F(SealTest, AllocationsBeforeAndBehindAreNoBreak) {
  EXPECT_EQ(broken_by([] {
              allocate();
              { const Seal seal("between"); }
              allocate();
            }),
            0u);
}

TEST_F(SealTest, NestedSealsBreakTogether) {
  EXPECT_EQ(broken_by([] {
              const Seal outer("outer");
              const Seal inner("inner");
              allocate();
            }),
            2u);
}

TEST_F(SealTest, UnsealPermits) {
  EXPECT_EQ(broken_by([] {
              const Seal seal("with permission");
              const Unseal permission;
              allocate();
            }),
            0u);
}

TEST_F(SealTest, PermissionEndsWithItsScope) {
  EXPECT_EQ(broken_by([] {
              const Seal seal("permission ended");
              { const Unseal permission; }
              allocate();
            }),
            1u);
}

TEST_F(SealTest, NestedPermissionsCountOnce) {
  EXPECT_EQ(broken_by([] {
              const Seal seal("nested permissions");
              {
                const Unseal outer;
                allocate();
                const Unseal inner;
                allocate();
              }
            }),
            0u);
}

TEST_F(SealTest, ASealInsideAPermissionIsASeal) {
  EXPECT_EQ(broken_by([] {
              const Seal outer("outer");
              const Unseal permission;
              const Seal inner("inner");
              allocate();
            }),
            1u);
}

TEST_F(SealTest, RestartForgivesACaughtException) {
  EXPECT_EQ(broken_by([] {
              Seal seal("throws");
              try {
                throw std::runtime_error("a message too long to be stored without memory of its own");
              } catch (const std::runtime_error&) {
                seal.restart();
              }
            }),
            0u);
}

TEST_F(SealTest, OtherThreadsDoNotBreakIt) {
  std::thread other;
  EXPECT_EQ(broken_by([&] {
              const Seal seal("this thread");
              {
                const Unseal starting_a_thread;
                other = std::thread(allocate);
              }
              other.join();
            }),
            0u);
}

TEST_F(SealTest, EnforcedBreakNamesTheSealAndTheBytes) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        enforce_seals(true);
        const Seal seal("gin request");
        allocate();
      },
      "\"gin request\" is broken: 48 bytes");
}

TEST(SealAnywhere, DebugBuildsEnforceFromTheStart) {
  SKIP_WITHOUT_JEMALLOC();
#ifdef NDEBUG
  GTEST_SKIP() << "not a debug build";
#else
  // The child starts anew, so that no other test has changed what is in force.
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        const Seal seal("as it comes");
        allocate();
      },
      "as it comes");
#endif
}

TEST(SealAnywhere, IsSilentWithoutJemalloc) {
  if (available()) GTEST_SKIP() << "there is jemalloc";
  enforce_seals(true);
  {
    const Seal seal("blind");
    allocate();
  }
  enforce_seals(false);
  EXPECT_EQ(broken_seals(), 0u);
}

}  // namespace
}  // namespace duel::alloc

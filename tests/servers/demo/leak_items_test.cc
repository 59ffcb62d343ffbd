#include "servers/demo/leak_items.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "alloc/accounts.h"
#include "servers/demo/leak_tasks.h"

namespace duel::servers::demo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr size_t kBufferBytes = 4000;

TEST(DelayedTasks, RunInTheOrderGiven) {
  DelayedTasks tasks(milliseconds(1));
  std::promise<void> done;
  std::string order;
  for (const char letter : {'a', 'b', 'c'}) tasks.add([&, letter] { order += letter; });
  tasks.add([&] { done.set_value(); });
  done.get_future().wait();
  EXPECT_EQ(order, "abc");
}

TEST(DelayedTasks, DoNotRunBeforeTheirTime) {
  DelayedTasks tasks(hours(1));
  for (int i = 0; i < 5; ++i) tasks.add([] { ADD_FAILURE() << "an hour has not passed"; });
  EXPECT_EQ(tasks.pending(), 5U);
}

// A server under load may end with hundreds of thousands of tasks.
TEST(DelayedTasks, AreDroppedAtTheEnd) {
  const auto held = std::make_shared<int>(0);
  {
    DelayedTasks tasks(hours(1));
    for (int i = 0; i < 300'000; ++i) tasks.add([held] { ADD_FAILURE() << "dropped tasks must not run"; });
    EXPECT_EQ(held.use_count(), 300'001);
  }
  EXPECT_EQ(held.use_count(), 1) << "the tasks are freed";
}

TEST(DelayedTasks, AreChargedToTheAccountThatAddedThem) {
  const alloc::AccountId account = alloc::open_account("/put-off");
  std::promise<alloc::AccountId> seen;
  DelayedTasks tasks(milliseconds(1));
  alloc::charge(account);
  tasks.add([&] { seen.set_value(alloc::charged()); });
  alloc::charge(alloc::kUnmatched);
  EXPECT_EQ(seen.get_future().get(), account);
}

TEST(LeakyItems, HaveATaskPerRequest) {
  LeakyItems items{hours(1)};
  EXPECT_EQ(items.keep("1"), kBufferBytes);
  EXPECT_EQ(items.keep("2"), kBufferBytes);
  EXPECT_EQ(items.keep("2"), kBufferBytes);
  EXPECT_EQ(items.kept(), 2U);
  EXPECT_EQ(items.background_tasks(), 3U) << "one per request, like the article's goroutines";
}

// If the same id is requested many times, the tasks hold its buffers. All memory is freed when the tasks end. The
// account of the route must show this, although a different thread frees the memory.
TEST(LeakyItems, AreFreedByTheirTasks) {
  if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build";
  const alloc::AccountId account = alloc::open_account("/api/item/:id");
  LeakyItems items{milliseconds(20)};
  const int64_t before = alloc::account_costs(account).live_bytes();
  alloc::Books books("test");
  for (int i = 0; i < 1000; ++i) {
    const alloc::Books::Entry request(books);
    alloc::charge(account);
    items.keep("123");
  }
  EXPECT_GT(books.costs(account).live_bytes(), static_cast<int64_t>(1000 * kBufferBytes));
  while (items.background_tasks() > 0 || alloc::account_costs(account).live_bytes() - before > 4096) {
    std::this_thread::yield();  // with a leak, the test would run until its timeout
  }
  EXPECT_EQ(items.kept(), 0U);
  EXPECT_EQ(alloc::account_costs(account).entries, 1000U);
}

TEST(BoundedItems, EvictTheLeastRecentlyStoredFirst) {
  BoundedItems items(2, hours(1));
  EXPECT_EQ(items.keep("1"), kBufferBytes);
  items.keep("2");
  items.keep("1");
  items.keep("3");  // evicts 2
  EXPECT_EQ(items.kept(), 2U);
  EXPECT_TRUE(items.has("1"));
  EXPECT_FALSE(items.has("2"));
  EXPECT_TRUE(items.has("3"));
  EXPECT_EQ(items.background_tasks(), 0U);
}

TEST(BoundedItems, DoNotGrowWhenFull) {
  if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build";
  constexpr int kCapacity = 100;
  BoundedItems items(kCapacity, hours(1));
  alloc::Books books("test");
  const alloc::AccountId account = alloc::open_account("/bounded");
  const auto keep = [&](int from, int to) {
    for (int id = from; id < to; ++id) {
      const alloc::Books::Deferred scope(books, account);
      items.keep(std::to_string(100'000 + id));
    }
  };
  keep(0, 2 * kCapacity);
  const int64_t full = books.costs(account).live_bytes();
  keep(2 * kCapacity, 50 * kCapacity);
  EXPECT_EQ(books.costs(account).live_bytes(), full);
  EXPECT_EQ(items.kept(), static_cast<size_t>(kCapacity));
}

TEST(BoundedItems, ExpireAfterTheirTime) {
  BoundedItems items(1000, milliseconds(1));
  for (int id = 0; id < 100; ++id) items.keep(std::to_string(id));
  while (items.has("99")) std::this_thread::yield();
  items.keep("last");
  EXPECT_EQ(items.kept(), 1U);
}

class ItemsOfBothKinds : public testing::TestWithParam<config::Scenario> {};

TEST_P(ItemsOfBothKinds, AreKeptByManyThreadsAtOnce) {
  const auto items = make_items({.scenario = GetParam(), .delay = milliseconds(1), .item_ttl = milliseconds(1)});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&items] {
      for (int id = 0; id < 2000; ++id) ASSERT_EQ(items->keep(std::to_string(id % 300)), kBufferBytes);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(items->kept(), 300U);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ItemsOfBothKinds,
                         testing::Values(config::Scenario::kLeak, config::Scenario::kLeakFixed),
                         [](const auto& instance) {
                           return instance.param == config::Scenario::kLeak ? "Leak" : "LeakFixed";
                         });

TEST(MakeItems, ReturnsNullWithoutAScenario) {
  EXPECT_EQ(make_items({}), nullptr);
}

}  // namespace
}  // namespace duel::servers::demo

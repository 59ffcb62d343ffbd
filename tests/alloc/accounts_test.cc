#include "alloc/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/alloc/keep.h"

namespace duel::alloc {
namespace {

using ::testing::Contains;

void* allocate(size_t size) {
  void* const block = std::malloc(size);
  keep(block);
  return block;
}

TEST(Accounts, OneNameIsOneAccount) {
  const AccountId a = open_account("/a");
  const AccountId b = open_account("/b");
  EXPECT_NE(a, b);
  EXPECT_GT(a, kOtherAccounts);
  EXPECT_EQ(open_account("/a"), a);
  EXPECT_EQ(account_name(a), "/a");
  EXPECT_EQ(account_name(kUnmatched), "(unmatched)");
}

TEST(Accounts, TheLastChargeOfAnEntryCounts) {
  const AccountId early = open_account("/early"), late = open_account("/late");
  Books books("test");
  {
    const Books::Entry entry(books);
    charge(early);
    charge(late);
  }
  { const Books::Entry unclaimed(books); }
  { const Books::Deferred late_work(books, early); }
  EXPECT_EQ(books.costs(late).entries, 1U);
  EXPECT_EQ(books.costs(early).entries, 0U) << "deferred work is not an entry";
  EXPECT_EQ(books.costs(kUnmatched).entries, 1U);
}

TEST(Accounts, AnEntryThatThrowsCounts) {
  const AccountId account = open_account("/throws");
  Books books("test");
  try {
    const Books::Entry entry(books);
    charge(account);
    throw std::runtime_error("from a handler");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(books.costs(account).entries, 1U);
}

TEST(Accounts, CallsAndBytesAreExact) {
  SKIP_WITHOUT_JEMALLOC();
  ASSERT_TRUE(count_calls(true));
  const AccountId account = open_account("/exact");
  Books books("test");
  void* kept = nullptr;
  {
    const Books::Entry entry(books);
    charge(account);
    std::free(allocate(100));  // 112 bytes, jemalloc's size class for 100
    kept = allocate(4000);     // 4096 bytes, jemalloc's size class for 4000
  }
  count_calls(false);
  EXPECT_EQ(books.costs(account),
            (Costs{.entries = 1, .allocations = 2, .frees = 1, .bytes = 112 + 4096, .freed_bytes = 112}));
  EXPECT_EQ(account_costs(account).live_bytes(), 4096);
  {
    const Books::Deferred later(books, account);
    std::free(kept);
  }
  EXPECT_EQ(account_costs(account).live_bytes(), 0);
}

// One thread defers work that another thread does. The frees count for the account that allocated.
TEST(Accounts, DeferredWorkBelongsToTheAccountThatDeferredIt) {
  SKIP_WITHOUT_JEMALLOC();
  const AccountId account = open_account("/deferred");
  Books own("test");
  void* block = nullptr;
  AccountId of_task = kUnmatched;
  {
    const Books::Entry entry(own);
    charge(account);
    block = allocate(1 << 20);
    of_task = charged();
  }
  EXPECT_GE(account_costs(account).live_bytes(), 1 << 20);
  std::thread([&] {
    Books of_thread("task");
    const Books::Deferred task(of_thread, of_task);
    std::free(block);
  }).join();
  EXPECT_EQ(account_costs(account).live_bytes(), 0) << "the books of a thread that has ended still count";
  EXPECT_EQ(account_costs(account).entries, 1U);
}

TEST(Accounts, AFreeOfForeignMemoryMakesLiveBytesNegative) {
  SKIP_WITHOUT_JEMALLOC();
  const AccountId makes = open_account("/makes"), frees = open_account("/frees");
  Books books("test");
  void* block = nullptr;
  {
    const Books::Deferred entry(books, makes);
    block = allocate(4096);
  }
  {
    const Books::Deferred entry(books, frees);
    std::free(block);
  }
  EXPECT_EQ(account_costs(makes).live_bytes(), 4096);
  EXPECT_EQ(account_costs(frees).live_bytes(), -4096);
}

TEST(Accounts, BookingAllocatesNothing) {
  SKIP_WITHOUT_JEMALLOC();
  const AccountId account = open_account("/nothing");
  Books books("test");
  const Reading before = read();
  for (int i = 0; i < 100; ++i) {
    const Books::Entry entry(books);
    charge(account);
  }
  EXPECT_EQ(read().bytes, before.bytes);
  EXPECT_EQ(account_costs(account).bytes, 0U);
}

TEST(Accounts, ConcurrentThreadsLoseNoCosts) {
  constexpr int kThreads = 4, kEntries = 20'000;
  const AccountId account = open_account("/at-once");
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      Books books("one of many");
      for (int n = 0; n < kEntries; ++n) {
        const Books::Entry entry(books);
        charge(account);
      }
    });
  }
  uint64_t last = 0;
  while (last < uint64_t{kThreads} * kEntries) {  // reads while the threads write
    const uint64_t now = account_costs(account).entries;
    ASSERT_GE(now, last);
    last = now;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(account_costs(account).entries, uint64_t{kThreads} * kEntries);
}

TEST(Accounts, OpenBooksAreListed) {
  std::vector<std::string> names;
  const Books books("listed");
  for_each_books([&](const Books& one) { names.push_back(one.name()); });
  EXPECT_THAT(names, Contains("listed"));
}

// The last test of this file, because it uses up all accounts.
TEST(AccountsUsedUp, FurtherNamesShareOneAccount) {
  for (size_t i = 0; i < kMaxAccounts; ++i) open_account("/route/" + std::to_string(i));
  EXPECT_EQ(account_count(), kMaxAccounts);
  EXPECT_EQ(open_account("/one/too/many"), kOtherAccounts);
  EXPECT_EQ(account_name(kOtherAccounts), "(others)");
  EXPECT_EQ(account_name(open_account("/route/0")), "/route/0") << "known names are still found";
}

}  // namespace
}  // namespace duel::alloc

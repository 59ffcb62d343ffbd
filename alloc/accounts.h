#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "alloc/counter.h"
#include "alloc/counters.h"
#include "alloc/region.h"

// On whose account a thread works, and what was allocated and freed there.
//
// An account is a name: a router opens one for each route's pattern. Books are one thread's: Books::Entry brackets a
// piece of work, such as a request; charge() says inside of it on whose account it is; and when the entry ends, all
// that it cost is booked there. No lock and no allocation on the way; the sums are read by any thread.
//
//   const alloc::AccountId ping = alloc::open_account("/ping");   // at start
//   alloc::Books books("worker 0");                               // one a thread
//   { alloc::Books::Entry entry(books);                           // a request
//     alloc::charge(ping);                                        // its route is found
//     ... }                                                       // booked, also when this throws
//
// What an account sees is who did something, not whose memory it was: a block that one account allocated and another
// freed is live in the first for ever, and the second goes below zero. Work put off goes on the account of who put it
// off: charged() tells which that is, and PutOff brackets the work, so that its frees count there.
namespace duel::alloc {

using AccountId = uint16_t;

inline constexpr AccountId kUnclaimed = 0;      // work that nobody claimed: a request without a route
inline constexpr AccountId kOtherAccounts = 1;  // shared by all that are opened when the accounts are used up
// The demo opens some 220. A page of a thread's books holds 64.
inline constexpr size_t kMaxAccounts = 512;

// The account of this name, opened if there is none. Any thread; takes a lock and allocates.
AccountId open_account(std::string_view name);
size_t account_count();
// Lives forever. "(unmatched)" and "(others)" are the first two.
std::string_view account_name(AccountId account);

struct Costs {
  uint64_t entries = 0;  // pieces of work, e.g. requests; what they put off is not counted again
  uint64_t allocations = 0;
  uint64_t frees = 0;  // both: calls, and 0 unless count_calls() is on
  uint64_t bytes = 0;  // allocated; exact
  uint64_t freed_bytes = 0;

  // Bytes allocated and not freed again by this account.
  int64_t live_bytes() const { return static_cast<int64_t>(bytes - freed_bytes); }
  Costs& operator+=(const Costs& other);
  bool operator==(const Costs&) const = default;
};

// Of all threads' books, those of ended threads included. Any thread; takes a lock that no entry takes.
Costs account_costs(AccountId account);

namespace detail {
inline constinit thread_local AccountId charged = kUnclaimed;
}

// From now on the thread's entry is on this account. One store.
inline void charge(AccountId account) {
  detail::charged = account;
}
inline AccountId charged() {
  return detail::charged;
}

// For one thread, which makes it, books and destroys it. 32 KiB of address space, resident as far as it is used.
class Books {
 public:
  explicit Books(std::string name);
  ~Books();
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  // Two kinds of scope, whose costs are booked when they end. Those of one thread must not nest.
  class Entry;   // a piece of work, on the account charged last
  class PutOff;  // what one before has put off, on its account

  const std::string& name() const { return name_; }
  Costs costs(AccountId account) const;  // any thread

 private:
  // A cache line each.
  struct alignas(64) Account {
    Counter entries, allocations, frees, bytes, freed_bytes;

    // What a warm Gin style does here is two comparisons.
    void book(const Reading& before, const Reading& after) {
      if (after.bytes != before.bytes) {
        bytes.add(after.bytes - before.bytes);
        allocations.add(after.calls - before.calls);
      }
      if (after.freed_bytes != before.freed_bytes) {
        freed_bytes.add(after.freed_bytes - before.freed_bytes);
        frees.add(after.frees - before.frees);
      }
    }
  };

  std::string name_;
  Region memory_{kMaxAccounts * sizeof(Account)};  // zeroes, which is what new counters are
  Account* accounts_;
};

class [[nodiscard]] Books::Entry {
 public:
  explicit Entry(Books& books) : accounts_(books.accounts_), before_(read()) { charge(kUnclaimed); }
  ~Entry() {
    Account& account = accounts_[charged()];
    account.entries.add(1);
    account.book(before_, read());
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

 private:
  Account* accounts_;
  Reading before_;
};

class [[nodiscard]] Books::PutOff {
 public:
  PutOff(Books& books, AccountId account) : account_(books.accounts_[account]), before_(read()) { charge(account); }
  ~PutOff() { account_.book(before_, read()); }
  PutOff(const PutOff&) = delete;
  PutOff& operator=(const PutOff&) = delete;

 private:
  Account& account_;
  Reading before_;
};

// Each thread's books that are open now, in the order of opening; they stay open while `visit` runs.
void for_each_books(const std::function<void(const Books&)>& visit);

}  // namespace duel::alloc

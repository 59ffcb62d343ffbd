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

// For routers and programs: how many allocations and frees each route causes.
//
// An account is a name; a router opens one per pattern of a route. Each thread has Books. Books::Entry is the scope of
// a piece of work, such as a request. Inside the scope, charge() names the account. At the end of the scope, the costs
// of the work are added to that account. This takes no lock and allocates nothing. Any thread can read the sums.
//
//   const alloc::AccountId ping = alloc::open_account("/ping");   // at the start of the program
//   alloc::Books books("worker 0");                               // one per thread
//   { alloc::Books::Entry entry(books);                           // a request
//     alloc::charge(ping);                                        // the router has found its route
//     ... }                                                       // costs are added, also if this throws
//
// An account tells which work allocated and freed, not which memory is whose. If one account allocates a block and
// another account frees it, the live bytes of the first never fall, and those of the second become negative. Deferred
// work belongs to the account of the work that deferred it: charged() tells that account, and the scope Books::Deferred
// adds costs to it, so that its frees count there.
namespace duel::alloc {

using AccountId = uint16_t;

inline constexpr AccountId kUnmatched = 0;      // work that was not charged, such as a request without a route
inline constexpr AccountId kOtherAccounts = 1;  // shared by all accounts that are opened beyond kMaxAccounts
// The demo opens about 220 accounts. One page of memory holds 64 accounts of one thread.
inline constexpr size_t kMaxAccounts = 512;

// Returns the account of this name, and opens it if necessary. Any thread. Takes a lock and allocates.
AccountId open_account(std::string_view name);
size_t account_count();
// The text is never freed. The first two accounts are "(unmatched)" and "(others)".
std::string_view account_name(AccountId account);

struct Costs {
  uint64_t entries = 0;      // pieces of work, such as requests; work that they defer is not counted again
  uint64_t allocations = 0;  // calls; 0 unless count_calls() is on
  uint64_t frees = 0;        // calls; 0 unless count_calls() is on
  uint64_t bytes = 0;        // allocated; exact
  uint64_t freed_bytes = 0;  // exact

  // Bytes that this account has allocated and not freed.
  int64_t live_bytes() const { return static_cast<int64_t>(bytes - freed_bytes); }
  Costs& operator+=(const Costs& other);
  bool operator==(const Costs&) const = default;
};

// Sums the books of all threads, ended threads included. Any thread. Takes a lock that no Entry takes.
Costs account_costs(AccountId account);

namespace detail {
inline constinit thread_local AccountId charged = kUnmatched;
}

// Charges the current entry of this thread to `account`. The last call counts. It is one store.
inline void charge(AccountId account) {
  detail::charged = account;
}
inline AccountId charged() {
  return detail::charged;
}

// The costs of one thread. The same thread creates, uses and destroys it. It takes 32 KiB of address space; only pages
// in use are resident.
class Books {
 public:
  explicit Books(std::string name);
  ~Books();
  Books(const Books&) = delete;
  Books& operator=(const Books&) = delete;

  // Two kinds of scope. A scope adds its costs when it ends. The scopes of one thread must not nest.
  class Entry;     // a piece of work; its costs go to the account that was charged last
  class Deferred;  // work that an earlier entry deferred; its costs go to the account of that entry

  const std::string& name() const { return name_; }
  Costs costs(AccountId account) const;  // any thread

 private:
  // One cache line per account.
  struct alignas(64) Account {
    Counter entries, allocations, frees, bytes, freed_bytes;

    // A request that allocates nothing costs two comparisons here.
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
  Region memory_{kMaxAccounts * sizeof(Account)};  // zeroed, so that the counters start at 0
  Account* accounts_;
};

class [[nodiscard]] Books::Entry {
 public:
  explicit Entry(Books& books) : accounts_(books.accounts_), before_(read()) { charge(kUnmatched); }
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

class [[nodiscard]] Books::Deferred {
 public:
  Deferred(Books& books, AccountId account) : account_(books.accounts_[account]), before_(read()) { charge(account); }
  ~Deferred() { account_.book(before_, read()); }
  Deferred(const Deferred&) = delete;
  Deferred& operator=(const Deferred&) = delete;

 private:
  Account& account_;
  Reading before_;
};

// Calls `visit` for the books of each running thread, oldest first. The books stay valid while `visit` runs.
void for_each_books(const std::function<void(const Books&)>& visit);

}  // namespace duel::alloc

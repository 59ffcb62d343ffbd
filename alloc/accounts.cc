#include "alloc/accounts.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace duel::alloc {
namespace {

struct Registry {
  std::mutex mutex;
  std::deque<std::string> names{"(unmatched)", "(others)"};  // a deque does not move its elements
  std::vector<const Books*> open;
  std::array<Costs, kMaxAccounts> closed;  // of threads that have ended
};

// Never destroyed, because threads can outlive static objects.
Registry& registry() {
  static auto* const only = new Registry;
  return *only;
}

}  // namespace

Costs& Costs::operator+=(const Costs& other) {
  entries += other.entries;
  allocations += other.allocations;
  frees += other.frees;
  bytes += other.bytes;
  freed_bytes += other.freed_bytes;
  return *this;
}

AccountId open_account(std::string_view name) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto found = std::find(all.names.begin(), all.names.end(), name);
  if (found != all.names.end()) return static_cast<AccountId>(found - all.names.begin());
  if (all.names.size() == kMaxAccounts) return kOtherAccounts;
  all.names.emplace_back(name);
  return static_cast<AccountId>(all.names.size() - 1);
}

size_t account_count() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  return all.names.size();
}

std::string_view account_name(AccountId account) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  return all.names.at(account);
}

Costs account_costs(AccountId account) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  Costs sum = all.closed.at(account);
  for (const Books* books : all.open) sum += books->costs(account);
  return sum;
}

void for_each_books(const std::function<void(const Books&)>& visit) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  for (const Books* books : all.open) visit(*books);
}

Books::Books(std::string name) : name_(std::move(name)), accounts_(reinterpret_cast<Account*>(memory_.data())) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.open.push_back(this);
}

Books::~Books() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.open.erase(std::find(all.open.begin(), all.open.end(), this));
  for (size_t i = 0; i < all.names.size(); ++i) all.closed[i] += costs(static_cast<AccountId>(i));
}

Costs Books::costs(AccountId account) const {
  const Account& counted = accounts_[account];
  return {.entries = counted.entries.value(),
          .allocations = counted.allocations.value(),
          .frees = counted.frees.value(),
          .bytes = counted.bytes.value(),
          .freed_bytes = counted.freed_bytes.value()};
}

}  // namespace duel::alloc

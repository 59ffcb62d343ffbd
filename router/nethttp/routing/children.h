#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "router/nethttp/routing/text_hash.h"

namespace duel::nethttp::routing {

// The children of a node by their texts. As in Go (mapping.go), few are searched one by one and many in a hash table.
template <typename Node>
class Children {
 public:
  // Null if there is no such child.
  const Node* find(std::string_view key) const {
    if (!many_.empty()) {
      const auto found = many_.find(key);
      return found == many_.end() ? nullptr : found->second.get();
    }
    const auto found = std::find_if(few_.begin(), few_.end(), [&](const Entry& entry) { return entry.first == key; });
    return found == few_.end() ? nullptr : found->second.get();
  }

  // The child with this text, which is made if there is none.
  Node& find_or_add(const std::string& key) {
    if (const Node* const found = find(key); found != nullptr) return *const_cast<Node*>(found);
    if (many_.empty() && few_.size() < kFewMax) return *few_.emplace_back(key, std::make_unique<Node>()).second;
    for (Entry& entry : few_) many_.insert(std::move(entry));
    few_.clear();
    return *many_.emplace(key, std::make_unique<Node>()).first->second;
  }

  // Calls visit(text, child) for each child, in no order.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Entry& entry : few_) visit(entry.first, *entry.second);
    for (const auto& [key, node] : many_) visit(key, *node);
  }

 private:
  static constexpr size_t kFewMax = 8;  // as Go has it: up to here a search is faster than a hash

  using Entry = std::pair<std::string, std::unique_ptr<Node>>;

  std::vector<Entry> few_;
  std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> many_;  // empty, or all children
};

}  // namespace duel::nethttp::routing

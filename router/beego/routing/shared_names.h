// For the Beego style's tree of routes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace duel::beego::routing {

// The names of the wildcards between the root and a leaf. Lists share memory as Go's slices do in beego 2.1.0: if the
// memory of a list has spare capacity, plus() writes the new name there, and copies of the list see the same memory. A
// list of three names has capacity for four. If two branches each add a fourth name to it, the branch that is
// registered later overwrites the name of the other branch. Applications can see this: `/:a/:b/:c/?:d/:e` reports the
// value of `:e` as `:d`.
//
// One thread registers routes; const afterwards.
class SharedNames {
 public:
  SharedNames() = default;

  // This list followed by `more` (Go's append()).
  SharedNames plus(std::span<const std::string> more) const;

  std::span<const std::string> view() const { return {cells_ ? cells_->data() : nullptr, size_}; }
  bool contains(std::string_view name) const;

 private:
  std::shared_ptr<std::vector<std::string>> cells_;  // its size is the capacity
  size_t size_ = 0;
};

}  // namespace duel::beego::routing

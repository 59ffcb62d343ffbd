#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace duel::beego::routing {

// The names of the wildcards on the way to a leaf, with the sharing that the original's slices have: a list that has
// room behind it is extended in place, and every list that was copied from it has the same room. So of two ways behind
// three wildcards, which have room for a fourth, the one registered later decides what the other calls its fourth.
// Applications see that: `/:a/:b/:c/?:d/:e` reports the value of `:e` as `:d`.
//
// For one thread while routes are registered; const afterwards.
class SharedNames {
 public:
  SharedNames() = default;

  // This list with `more` behind it (Go's append()).
  SharedNames plus(std::span<const std::string> more) const;

  std::span<const std::string> view() const { return {cells_ ? cells_->data() : nullptr, size_}; }
  bool contains(std::string_view name) const;

 private:
  std::shared_ptr<std::vector<std::string>> cells_;  // as many as there is room for
  size_t size_ = 0;
};

}  // namespace duel::beego::routing

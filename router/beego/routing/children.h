// For the Beego style's tree of routes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace duel::beego::routing {

class Tree;

// The fixed children of a node of the tree: a hash map by segment that also has the order of registration. One segment
// can have several children.
//
// One thread registers; const afterwards.
class Children {
 public:
  struct Child {
    std::string segment;
    std::shared_ptr<Tree> tree;
    uint32_t same_segment = 0;  // one more than the index of the next child of this segment; 0 if there is none
  };

  void add(std::string_view segment, std::shared_ptr<Tree> tree);

  bool empty() const { return children_.empty(); }
  // The child of this segment that was registered first; null if there is none.
  const Child* find(std::string_view segment) const;
  // The next child of the same segment, in the order of registration; null after the last.
  const Child* next(const Child& child) const {
    return child.same_segment == 0 ? nullptr : &children_[child.same_segment - 1];
  }

  // All children in the order of registration.
  auto begin() const { return children_.begin(); }
  auto end() const { return children_.end(); }

 private:
  // The slot that has the first child of this segment, or the free slot for it.
  size_t slot_of(std::string_view segment) const;

  std::vector<Child> children_;
  // A hash table with open addressing: one more than the index of a child, 0 in a free slot. Its size is a power of
  // two, and more than half of it is free.
  std::vector<uint32_t> slots_;
};

}  // namespace duel::beego::routing

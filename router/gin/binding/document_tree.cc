#include "router/gin/binding/document_tree.h"

#include <algorithm>
#include <span>

namespace duel::gin::binding {

TreeNode& TreeBuilder::add(DocumentValue::Format format, DocumentValue::Kind kind, std::string_view name) {
  TreeNode& node = arena_.make<TreeNode>(1).front();
  node.name = name;
  node.format = format;
  node.kind = kind;
  if (depth_ == 0) {
    root_ = &node;
    return node;
  }
  Open& parent = open_[depth_ - 1];
  (parent.last == nullptr ? parent.node->child : parent.last->next) = &node;
  parent.last = &node;
  ++parent.node->count;
  return node;
}

TreeNode& TreeBuilder::open(DocumentValue::Format format, DocumentValue::Kind kind, std::string_view name) {
  TreeNode& node = add(format, kind, name);
  open_[depth_++] = {&node, nullptr};
  return node;
}

bool TreeBuilder::close() {
  TreeNode& closed = innermost();
  --depth_;
  return closed.kind != DocumentValue::Kind::kArray && closed.count > 1 && join_same_names(closed);
}

// Sorts, because the client chooses the names: to compare each with each would take quadratic time.
bool TreeBuilder::join_same_names(TreeNode& parent) {
  struct Place {
    TreeNode* node;
    size_t at;
  };
  const std::span<Place> places = arena_.make<Place>(parent.count);
  size_t at = 0;
  for (TreeNode* node = parent.child; node != nullptr; node = node->next) places[at] = {node, at}, ++at;
  std::ranges::sort(places, [&](const Place& a, const Place& b) {
    if (a.node->is_attribute != b.node->is_attribute) return a.node->is_attribute;
    const int order = a.node->name.compare(b.node->name);
    return order != 0 ? order < 0 : a.at < b.at;
  });
  bool joined = false;
  for (size_t i = 1; i < places.size(); ++i) {
    TreeNode& before = *places[i - 1].node;
    TreeNode& node = *places[i].node;
    if (before.is_attribute != node.is_attribute || before.name != node.name) continue;
    before.same = &node;
    node.is_further = joined = true;
  }
  for (TreeNode* node = parent.child; joined && node != nullptr; node = node->next) {
    while (node->next != nullptr && node->next->is_further) node->next = node->next->next;
  }
  return joined;
}

}  // namespace duel::gin::binding

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "router/documents/limits.h"
#include "router/gin/binding/document_value.h"
#include "router/gin/memory/arena.h"

// For the parsers of XML and YAML: the values of a document, in the arena of the request.
namespace duel::gin::binding {

struct TreeNode {
  std::string_view name;  // of a member
  std::string_view text;  // of a scalar or an element
  TreeNode* child;        // the first of a list or an object
  TreeNode* next;         // child of the same parent. The children of an object have different names
  TreeNode* same;         // the next child of the same object that has the same name
  union {
    int64_t as_signed;
    uint64_t as_unsigned;
    double as_double;
    bool as_bool;
  };
  uint32_t count;  // of the children of a list
  DocumentValue::Format format;
  DocumentValue::Kind kind;
  bool is_attribute;
  bool is_further;  // has an earlier child with its name before it
};

// Builds a tree from its values in their order. The caller counts them and limits their depth (documents/limits.h).
class TreeBuilder {
 public:
  explicit TreeBuilder(memory::Arena& arena) : arena_(arena) {}

  // Adds a value to the innermost open one; the first value is the root.
  TreeNode& add(DocumentValue::Format format, DocumentValue::Kind kind, std::string_view name);
  // The same, and opens it: further values are added to it until close().
  TreeNode& open(DocumentValue::Format format, DocumentValue::Kind kind, std::string_view name);
  // Closes the innermost open value. Several of its children may have one name: then the first of them stays a child,
  // and `same` links the others to it. Returns whether there were such children.
  bool close();
  const TreeNode* root() const { return root_; }
  TreeNode& innermost() { return *open_[depth_ - 1].node; }

 private:
  struct Open {
    TreeNode* node;
    TreeNode* last;  // child
  };
  bool join_same_names(TreeNode& parent);

  memory::Arena& arena_;
  TreeNode* root_ = nullptr;
  size_t depth_ = 0;
  std::array<Open, documents::kMaxDepth> open_;  // NOLINT: only the first depth_ are set
};

}  // namespace duel::gin::binding

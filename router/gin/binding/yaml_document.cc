#include "router/gin/binding/yaml_document.h"

#include <utility>

#include "router/documents/yaml.h"
#include "router/gin/binding/document_tree.h"

namespace duel::gin::binding {
namespace {

using Kind = DocumentValue::Kind;
using ScalarKind = documents::YamlScalar::Kind;
constexpr auto kYaml = DocumentValue::Format::kYaml;

class Builder final : public documents::YamlVisitor {
 public:
  explicit Builder(memory::Arena& arena) : arena_(arena), tree_(arena) {}

  void begin_list() override { tree_.open(kYaml, Kind::kArray, take_key()); }
  void begin_object() override { tree_.open(kYaml, Kind::kObject, take_key()); }
  void end() override { has_duplicate_ |= tree_.close(); }
  void key(std::string_view name) override { key_ = arena_.copy(name); }
  void scalar(const documents::YamlScalar& value) override {
    TreeNode& node = tree_.add(kYaml, kind_of(value.kind), take_key());
    node.text = arena_.copy(value.text);
    if (value.kind == ScalarKind::kBool) node.as_bool = value.as_bool;
    if (value.kind == ScalarKind::kSigned) node.as_signed = value.as_signed;
    if (value.kind == ScalarKind::kUnsigned) node.as_unsigned = value.as_unsigned;
    if (value.kind == ScalarKind::kDouble) node.as_double = value.as_double;
  }
  const TreeNode* root() const { return tree_.root(); }
  bool has_duplicate() const { return has_duplicate_; }

 private:
  static Kind kind_of(ScalarKind kind) {
    switch (kind) {
      case ScalarKind::kNull:
        return Kind::kNull;
      case ScalarKind::kBool:
        return Kind::kBool;
      case ScalarKind::kSigned:
        return Kind::kSigned;
      case ScalarKind::kUnsigned:
        return Kind::kUnsigned;
      case ScalarKind::kDouble:
        return Kind::kDouble;
      case ScalarKind::kText:
        break;
    }
    return Kind::kText;
  }
  std::string_view take_key() { return std::exchange(key_, {}); }

  memory::Arena& arena_;
  TreeBuilder tree_;
  std::string_view key_;  // of the next value
  bool has_duplicate_ = false;
};

}  // namespace

std::string_view parse_yaml(std::string_view text, memory::Arena& arena, DocumentValue& root) {
  Builder builder(arena);
  if (const std::string_view problem = documents::read_yaml(text, builder); !problem.empty()) return problem;
  if (builder.has_duplicate()) return "has two keys of one name";
  root = DocumentValue(*builder.root());
  return {};
}

}  // namespace duel::gin::binding

#include "router/gin/binding/xml_document.h"

#include <cstddef>
#include <memory>
#include <memory_resource>

#include "router/documents/xml.h"
#include "router/gin/binding/document_tree.h"

namespace duel::gin::binding {
namespace {

constexpr auto kXml = DocumentValue::Format::kXml;
constexpr auto kElement = DocumentValue::Kind::kElement;

class ArenaResource final : public std::pmr::memory_resource {
 public:
  explicit ArenaResource(memory::Arena& arena) : arena_(arena) {}

 private:
  void* do_allocate(size_t size, size_t alignment) override {
    void* at = arena_.take(size + alignment);
    size_t room = size + alignment;
    return std::align(alignment, size, at, room);
  }
  void do_deallocate(void*, size_t, size_t) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

  memory::Arena& arena_;
};

class Builder final : public documents::XmlVisitor {
 public:
  explicit Builder(memory::Arena& arena) : arena_(arena), tree_(arena) {}

  void begin_element(std::string_view name) override { tree_.open(kXml, kElement, arena_.copy(name)); }
  void attribute(std::string_view name, std::string_view value) override {
    TreeNode& node = tree_.add(kXml, kElement, arena_.copy(name));
    node.text = arena_.copy(value);
    node.is_attribute = true;
  }
  void end_element(std::string_view text) override {
    tree_.innermost().text = arena_.copy(text);
    tree_.close();
  }
  const TreeNode* root() const { return tree_.root(); }

 private:
  memory::Arena& arena_;
  TreeBuilder tree_;
};

}  // namespace

std::string_view parse_xml(std::string_view text, memory::Arena& arena, DocumentValue& root) {
  Builder builder(arena);
  ArenaResource memory(arena);
  if (const std::string_view problem = documents::read_xml(text, builder, memory); !problem.empty()) return problem;
  root = DocumentValue(*builder.root());
  return {};
}

}  // namespace duel::gin::binding

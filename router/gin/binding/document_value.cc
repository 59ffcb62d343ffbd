#include "router/gin/binding/document_value.h"

#include <map>

#include "router/gin/binding/document_tree.h"
#include "router/gin/binding/json_access.h"

namespace duel::gin::binding {

DocumentValue::DocumentValue(const TreeNode& node)
    : kind_(node.kind), format_(node.format), tree_{&node, node.is_attribute} {}

const TreeNode& DocumentValue::node() const {
  const TreeNode* last = tree_.node;
  while (!tree_.alone && last->same != nullptr) last = last->same;
  return *last;
}

bool DocumentValue::is_attribute() const {
  return format_ == Format::kXml && tree_.node->is_attribute;
}

bool DocumentValue::as_bool() const {
  if (format_ != Format::kJson) return node().as_bool;
  return JsonAccess::element(*this).get_bool().value_unsafe();
}

int64_t DocumentValue::as_signed() const {
  if (format_ != Format::kJson) return node().as_signed;
  return JsonAccess::element(*this).get_int64().value_unsafe();
}

uint64_t DocumentValue::as_unsigned() const {
  if (format_ != Format::kJson) return node().as_unsigned;
  return JsonAccess::element(*this).get_uint64().value_unsafe();
}

std::string_view DocumentValue::as_text() const {
  if (format_ != Format::kJson) return node().text;
  return JsonAccess::element(*this).get_string().value_unsafe();
}

bool DocumentValue::to_double(double& to) const {
  if (format_ == Format::kJson) return JsonAccess::element(*this).get_double().get(to) == simdjson::SUCCESS;
  switch (kind_) {
    case Kind::kSigned:
      return to = static_cast<double>(node().as_signed), true;
    case Kind::kUnsigned:
      return to = static_cast<double>(node().as_unsigned), true;
    case Kind::kDouble:
      return to = node().as_double, true;
    default:
      return false;
  }
}

size_t DocumentValue::size() const {
  if (format_ == Format::kJson) return JsonAccess::element(*this).get_array().value_unsafe().size();
  if (format_ == Format::kYaml) return tree_.node->count;
  size_t count = 1;
  for (const TreeNode* node = tree_.node; !tree_.alone && node->same != nullptr; node = node->same) ++count;
  return count;
}

void DocumentValue::each_element(void* to, bool (*visit)(void*, const DocumentValue&)) const {
  if (format_ == Format::kJson) {
    const simdjson::dom::array elements = JsonAccess::element(*this).get_array().value_unsafe();
    for (const JsonAccess::Element element : elements) {
      if (!visit(to, JsonAccess::wrap(element))) return;
    }
  } else if (format_ == Format::kYaml) {
    for (const TreeNode* child = tree_.node->child; child != nullptr; child = child->next) {
      if (!visit(to, DocumentValue(*child))) return;
    }
  } else {
    DocumentValue element = *this;
    element.tree_.alone = true;
    for (; element.tree_.node != nullptr; element.tree_.node = element.tree_.node->same) {
      if (!visit(to, element) || tree_.alone) return;
    }
  }
}

void DocumentValue::each_member(void* to, bool (*visit)(void*, std::string_view, const DocumentValue&)) const {
  if (format_ == Format::kJson) {
    const simdjson::dom::object members = JsonAccess::element(*this).get_object().value_unsafe();
    for (const simdjson::dom::key_value_pair member : members) {
      if (!visit(to, member.key, JsonAccess::wrap(member.value))) return;
    }
  } else {
    for (const TreeNode* child = node().child; child != nullptr; child = child->next) {
      if (!visit(to, child->name, DocumentValue(*child))) return;
    }
  }
}

void DocumentValue::write_json(const json::Writer& writer) const {
  switch (kind_) {
    case Kind::kNull:
      return json::write(writer, nullptr);
    case Kind::kBool:
      return json::write(writer, as_bool());
    case Kind::kText:
    case Kind::kElement:
      return json::write(writer, as_text());
    case Kind::kArray:
      return json::write_list(writer, [&](auto visit) {
        each_element([&](const DocumentValue& element) { return visit(element), true; });
      });
    case Kind::kObject: {
      std::map<std::string_view, DocumentValue> members;  // sorted, and the last of several of one name
      each_member([&](std::string_view name, const DocumentValue& value) { return members[name] = value, true; });
      return json::write(writer, members);
    }
    default:
      double number = 0;
      to_double(number);
      json::write(writer, number);
  }
}

}  // namespace duel::gin::binding

#include "router/beego/formats/read_document.h"

namespace duel::beego::formats {

using ScalarKind = documents::YamlScalar::Kind;

bool read_bool(const Document& value, bool& to) {
  if (value.scalar.kind == ScalarKind::kBool) return to = value.scalar.as_bool, true;
  if (value.scalar.kind != ScalarKind::kText) return false;
  const auto word = documents::yaml_bool_word(value.text);
  if (word) to = *word;
  return word.has_value();
}

std::any box(const Document& value) {
  if (value.kind == Document::Kind::kList) {
    values::List list;
    for (const Document& child : value.children) list.push_back(box(child));
    return list;
  }
  if (value.kind == Document::Kind::kObject) {
    values::Map map;
    for (const Document& child : value.children) map.insert_or_assign(child.name, box(child));
    return map;
  }
  switch (value.scalar.kind) {
    case ScalarKind::kNull:
      return nullptr;
    case ScalarKind::kBool:
      return value.scalar.as_bool;
    case ScalarKind::kSigned:
      return value.scalar.as_signed;
    case ScalarKind::kUnsigned:
      return value.scalar.as_unsigned;
    case ScalarKind::kDouble:
      return value.scalar.as_double;
    case ScalarKind::kText:
      break;
  }
  return value.text;
}

}  // namespace duel::beego::formats

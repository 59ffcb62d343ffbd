#pragma once

#include <simdjson.h>

#include <cstring>
#include <type_traits>

#include "router/gin/binding/document_value.h"

// For json_document.cc and document_value.cc: the element of simdjson that a value holds.
namespace duel::gin::binding {

struct JsonAccess {
  using Element = simdjson::dom::element;
  static_assert(sizeof(Element) == sizeof(DocumentValue::json_) && std::is_trivially_copyable_v<Element>);

  static Element element(const DocumentValue& value) {
    Element element;
    std::memcpy(static_cast<void*>(&element), value.json_, sizeof element);
    return element;
  }

  static DocumentValue wrap(Element element) {
    DocumentValue value;
    value.kind_ = kind_of(element.type());
    std::memcpy(value.json_, &element, sizeof element);
    return value;
  }

 private:
  static DocumentValue::Kind kind_of(simdjson::dom::element_type type) {
    using Kind = DocumentValue::Kind;
    using Type = simdjson::dom::element_type;
    switch (type) {
      case Type::ARRAY:
        return Kind::kArray;
      case Type::OBJECT:
        return Kind::kObject;
      case Type::INT64:
        return Kind::kSigned;
      case Type::UINT64:
        return Kind::kUnsigned;
      case Type::DOUBLE:
        return Kind::kDouble;
      case Type::STRING:
        return Kind::kText;
      case Type::BOOL:
        return Kind::kBool;
      case Type::NULL_VALUE:
        break;
    }
    return Kind::kNull;
  }
};

}  // namespace duel::gin::binding

#include "router/beego/formats/read_json.h"

#include <simdjson.h>

#include <algorithm>

namespace duel::beego::formats {
namespace {

std::any box(const simdjson::dom::element& element) {
  switch (element.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
      return nullptr;
    case simdjson::dom::element_type::BOOL:
      return static_cast<bool>(element);
    case simdjson::dom::element_type::INT64:
      return static_cast<int64_t>(element);
    case simdjson::dom::element_type::UINT64:
      return static_cast<uint64_t>(element);
    case simdjson::dom::element_type::DOUBLE:
      return static_cast<double>(element);
    case simdjson::dom::element_type::STRING:
      return std::string(static_cast<std::string_view>(element));
    case simdjson::dom::element_type::ARRAY: {
      values::List list;
      for (const simdjson::dom::element inner : static_cast<simdjson::dom::array>(element)) list.push_back(box(inner));
      return list;
    }
    case simdjson::dom::element_type::OBJECT:
      break;
  }
  values::Map map;
  for (const simdjson::dom::key_value_pair pair : static_cast<simdjson::dom::object>(element)) {
    map.insert_or_assign(std::string(pair.key), box(pair.value));
  }
  return map;
}

}  // namespace

std::optional<std::any> parse_json(std::string_view text) {
  constexpr size_t kMaxDepth = 64;  // much deeper than the bodies that APIs get, and small enough for recursion
  simdjson::dom::parser parser;
  if (parser.allocate(std::max<size_t>(text.size(), 1), kMaxDepth) != simdjson::SUCCESS) return std::nullopt;
  simdjson::dom::element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  return box(root);
}

}  // namespace duel::beego::formats

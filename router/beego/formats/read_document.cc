#include "router/beego/formats/read_document.h"

#include <iterator>

#include "http/grammar/time_text.h"

namespace duel::beego::formats {

using ScalarKind = documents::YamlScalar::Kind;

bool read_bool(const Document& value, bool& to) {
  if (value.scalar.kind == ScalarKind::kBool) return to = value.scalar.as_bool, true;
  if (value.scalar.kind != ScalarKind::kText) return false;
  // The words of YAML 1.1, which are text for a variable of another type.
  constexpr std::string_view kYes[] = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"};
  constexpr std::string_view kNo[] = {"n", "N", "no", "No", "NO", "off", "Off", "OFF"};
  to = std::ranges::find(kYes, value.text) != std::end(kYes);
  return to || std::ranges::find(kNo, value.text) != std::end(kNo);
}

bool read_time(const Document& value, values::Time& to) {
  using http::grammar::parse_time;
  return !value.text.empty() &&
         (http::grammar::parse_rfc3339(value.text, to) || parse_time(value.text, "2006-01-02", to) ||
          parse_time(value.text, "2006-01-02 15:04:05", to));
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

std::string_view trimmed(const Document& element) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::string_view text = element.text;
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

}  // namespace duel::beego::formats

#include "router/gin/binding/read_document.h"

#include "router/documents/yaml.h"

namespace duel::gin::binding::internal {

using Kind = DocumentValue::Kind;
using Format = DocumentValue::Format;

std::string_view read_bool(bool& to, const DocumentValue& value) {
  if (value.kind() == Kind::kBool) return to = value.as_bool(), std::string_view();
  if (value.kind() == Kind::kElement) {
    const std::string_view text = documents::trim_xml(value.as_text());
    return text.empty() && !value.as_text().empty() ? kNotBool : parse_bool(text, to);
  }
  if (value.format() != Format::kYaml || value.kind() != Kind::kText) return kNotBool;
  const auto word = documents::yaml_bool_word(value.as_text());
  if (word) to = *word;
  return word ? std::string_view() : kNotBool;
}

bool read_time(Time& to, const DocumentValue& value) {
  if (value.kind() != Kind::kText && value.kind() != Kind::kElement) return false;
  const std::string_view text = value.as_text();
  return value.format() == Format::kYaml ? documents::parse_yaml_time(text, to) : parse_rfc3339(text, to);
}

std::string_view read_duration(std::chrono::nanoseconds& to, const DocumentValue& value) {
  if (value.format() == Format::kYaml) {
    return value.kind() == Kind::kText && parse_duration(value.as_text(), to) ? std::string_view() : kNotDuration;
  }
  int64_t count = 0;
  const std::string_view problem = read_number(count, value);
  to = std::chrono::nanoseconds(count);
  return problem;
}

}  // namespace duel::gin::binding::internal

#include "router/gin/binding/read_document.h"

#include <iterator>

namespace duel::gin::binding::internal {

using Kind = DocumentValue::Kind;
using Format = DocumentValue::Format;

std::string_view trim_xml(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::string_view read_bool(bool& to, const DocumentValue& value) {
  if (value.kind() == Kind::kBool) return to = value.as_bool(), std::string_view();
  if (value.kind() == Kind::kElement) {
    const std::string_view text = trim_xml(value.as_text());
    return text.empty() && !value.as_text().empty() ? kNotBool : parse_bool(text, to);
  }
  if (value.format() != Format::kYaml || value.kind() != Kind::kText) return kNotBool;
  // The words of YAML 1.1, which are text for a member of another type.
  constexpr std::string_view kYes[] = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON"};
  constexpr std::string_view kNo[] = {"n", "N", "no", "No", "NO", "off", "Off", "OFF"};
  to = std::ranges::find(kYes, value.as_text()) != std::end(kYes);
  return to || std::ranges::find(kNo, value.as_text()) != std::end(kNo) ? std::string_view() : kNotBool;
}

bool read_time(Time& to, const DocumentValue& value) {
  if (value.kind() != Kind::kText && value.kind() != Kind::kElement) return false;
  const std::string_view text = value.as_text();
  if (parse_rfc3339(text, to)) return true;
  return value.format() == Format::kYaml && !text.empty() &&
         (parse_time(text, "2006-01-02", to) || parse_time(text, "2006-01-02 15:04:05", to));
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

#include "servers/config/ini.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "http/grammar/ascii.h"
#include "http/grammar/printable.h"

namespace duel::servers::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kSpaces = " \t\r\v\f";
constexpr std::string_view kInclude = "include";

std::string_view trim(std::string_view text, std::string_view bytes = kSpaces) {
  const size_t first = text.find_first_not_of(bytes);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(bytes) - first + 1);
}

// Returns the file of `include "file"` or `include file`.
std::optional<std::string_view> included_file(std::string_view line) {
  if (to_lower_ascii(line.substr(0, kInclude.size())) != kInclude) return std::nullopt;
  const std::string_view rest = line.substr(kInclude.size());
  const std::string_view file = trim(rest);
  if (file.empty() || rest.size() == file.size()) return std::nullopt;
  return trim(file, "\"");
}

IniLine parse_line(std::string_view line, size_t number, const std::string& file) {
  IniLine parsed{.number = number, .kind = IniLine::Kind::kEntry, .name = {}, .value = {}};
  if (line.starts_with('[') && line.ends_with(']')) {
    parsed.kind = IniLine::Kind::kSection;
    parsed.name = trim(line.substr(1, line.size() - 2));
    return parsed;
  }
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    const auto other = included_file(line);
    if (!other) {
      throw ConfigError(file, number,
                        in_quotes(line) + ": expected key = value, [section], include \"file\" or # comment");
    }
    if (other->empty()) throw ConfigError(file, number, "the include has no file name; expected include \"file\"");
    parsed.kind = IniLine::Kind::kInclude;
    parsed.name = *other;
    return parsed;
  }
  parsed.name = trim(line.substr(0, equals));
  if (parsed.name.empty()) throw ConfigError(file, number, "there is no key before '='; expected key = value");
  std::string_view value = trim(line.substr(equals + 1));
  if (value.starts_with('"')) value = trim(value, "\"");
  parsed.value = value;
  return parsed;
}

}  // namespace

std::string to_lower_ascii(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), http::grammar::to_lower_ascii);
  return lower;
}

std::string in_quotes(std::string_view text) {
  constexpr size_t kShown = 60;
  std::string result = "'";
  http::grammar::write_printable(text.substr(0, kShown), "", [&](std::string_view piece) { result += piece; });
  return result + (text.size() > kShown ? "...'" : "'");
}

std::vector<IniLine> parse_ini(std::string_view text, const std::string& file) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<IniLine> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    if (whole.size() > kMaxLineBytes) {
      throw ConfigError(file, number, "the line is longer than " + std::to_string(kMaxLineBytes) + " bytes");
    }
    if (whole.find('\0') != std::string_view::npos) {
      throw ConfigError(file, number, "the line has a NUL byte; expected a text file");
    }
    const std::string_view line = trim(whole);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    lines.push_back(parse_line(line, number, file));
  }
  return lines;
}

}  // namespace duel::servers::config

#include "tests/http/wire.h"

#include <algorithm>
#include <charconv>

#include "http/grammar/ascii.h"
#include "http/request.h"

namespace duel::http::testing {

size_t ResponseHead::count(std::string_view name) const {
  return static_cast<size_t>(
      std::ranges::count_if(fields, [&](const auto& field) { return grammar::equal_fold_ascii(field.first, name); }));
}

std::string ResponseHead::value(std::string_view name) const {
  for (const auto& [field_name, field_value] : fields) {
    if (grammar::equal_fold_ascii(field_name, name)) return field_value;
  }
  return {};
}

std::optional<ResponseHead> read_response_head(std::string_view bytes) {
  ResponseHead head;
  for (;;) {
    const size_t end = bytes.find("\r\n", head.size);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = bytes.substr(head.size, end - head.size);
    head.size = end + 2;
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) return std::nullopt;
    if (head.status_line.empty()) {
      if (line.size() < 13 || !line.starts_with("HTTP/1.1 ") || line[12] != ' ') return std::nullopt;
      head.status_line = line;
      const auto parsed = std::from_chars(line.data() + 9, line.data() + 12, head.status);
      if (parsed.ptr != line.data() + 12) return std::nullopt;
      continue;
    }
    if (line.empty()) return head;
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    head.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
}

std::optional<Unchunked> read_chunked(std::string_view bytes) {
  Unchunked result;
  for (;;) {
    const size_t line_end = bytes.find("\r\n", result.size);
    if (line_end == std::string_view::npos || line_end == result.size) return std::nullopt;
    size_t size = 0;
    const char* last = bytes.data() + line_end;
    if (std::from_chars(bytes.data() + result.size, last, size, 16).ptr != last) return std::nullopt;
    result.size = line_end + 2;
    if (bytes.size() - result.size < size + 2 || bytes.substr(result.size + size, 2) != "\r\n") return std::nullopt;
    result.body += bytes.substr(result.size, size);
    result.size += size + 2;
    if (size == 0) return result;
  }
}

}  // namespace duel::http::testing

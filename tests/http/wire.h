#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A strict reader of responses for tests. It shares no code with the writer.
namespace duel::http::testing {

struct ResponseHead {
  std::string status_line;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  size_t size = 0;  // bytes of the head, including the empty line

  // The number of fields with this name, in any letter case.
  size_t count(std::string_view name) const;
  // The value of the first field with this name; empty if there is none.
  std::string value(std::string_view name) const;
};

// Empty if the head is incomplete or breaks RFC 9112 §4 or §5.
std::optional<ResponseHead> read_response_head(std::string_view bytes);

struct Unchunked {
  std::string body;
  size_t size = 0;  // bytes of the framed body, including the last chunk
};

// Empty if the chunked body is incomplete or malformed (RFC 9112 §7.1).
std::optional<Unchunked> read_chunked(std::string_view bytes);

}  // namespace duel::http::testing

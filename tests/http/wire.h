#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Reading responses in tests: a strict reader that knows nothing of how the writer works.
namespace duel::http::testing {

struct ResponseHead {
  std::string status_line;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;
  size_t size = 0;  // bytes of the head with its empty line

  // How often a field of this name occurs, in any letter case.
  size_t count(std::string_view name) const;
  // The value of the first field of this name; empty if there is none.
  std::string value(std::string_view name) const;
};

// Nothing if the head is incomplete or not as RFC 9112 §4 and §5 want it.
std::optional<ResponseHead> read_response_head(std::string_view bytes);

struct Unchunked {
  std::string body;
  size_t size = 0;  // bytes of the framed body with its last chunk
};

// Nothing if the chunked body is incomplete or wrong (RFC 9112 §7.1).
std::optional<Unchunked> read_chunked(std::string_view bytes);

}  // namespace duel::http::testing

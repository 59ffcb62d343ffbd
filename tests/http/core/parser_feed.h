#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/core/parser.h"

// Calls a RequestParser as a connection does, but under the hardest conditions: before every piece, the parser is
// copied, the original is overwritten, and the bytes move to a block of exactly their size. So AddressSanitizer finds a
// pointer that was kept by mistake, and the comparison finds a wrong offset.
namespace duel::http::testing {

// A Request that owns its data.
struct Seen {
  Method method = Method::kGet;
  int minor_version = 1;
  bool keep_alive = true;
  bool expects_continue = false;
  std::string method_name;
  std::string target;
  std::string path;
  std::string query;
  std::string host;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  bool operator==(const Seen&) const = default;
};

struct Outcome {
  core::RequestParser::Status status = core::RequestParser::Status::kNeedMore;
  int error_status = 0;  // kError only
  size_t consumed = 0;   // kComplete only: the size of the request in the stream
  Seen request;          // kComplete only

  bool operator==(const Outcome&) const = default;
  bool complete() const { return status == core::RequestParser::Status::kComplete; }
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome);

Seen seen(const core::RequestParser& parser, const char* base);

// Stops at the first piece that completes the request or fails.
Outcome feed(const std::vector<std::string_view>& pieces, uint64_t max_body = limits::kMaxBodyBytes);

Outcome feed_whole(std::string_view stream, uint64_t max_body = limits::kMaxBodyBytes);
Outcome feed_bytewise(std::string_view stream, uint64_t max_body = limits::kMaxBodyBytes);

// Feeds the stream byte by byte, and then split into two pieces at every offset. Returns 0 if the stream, fed byte by
// byte, does not give `expected`; otherwise the first offset whose split does not give it, or npos if there is none.
size_t first_differing_split(std::string_view stream, const Outcome& expected,
                             uint64_t max_body = limits::kMaxBodyBytes);

// The complete requests at the beginning of a pipelined stream; `rest` gets the bytes after them.
std::vector<Seen> feed_pipeline(std::string_view stream, std::string* rest);

}  // namespace duel::http::testing

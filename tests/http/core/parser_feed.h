#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/core/parser.h"

// Drives a RequestParser as a connection does, but in the least convenient way: before every piece the parser is
// copied, the original is spoiled, and the bytes move to a block of exactly their size, so that a pointer kept by
// mistake is seen by AddressSanitizer and a wrong offset by the comparison.
namespace duel::http::testing {

// A Request that owns what it shows.
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
  size_t consumed = 0;   // kComplete only: bytes of the stream up to the end of the request
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

// The first place where cutting the stream in two, or (place 0) feeding it byte by byte, does not give `expected`;
// npos if there is none.
size_t first_differing_split(std::string_view stream, const Outcome& expected,
                             uint64_t max_body = limits::kMaxBodyBytes);

// Every request of a pipelined stream, up to the first that is not complete; `rest` gets what is left behind the last.
std::vector<Seen> feed_pipeline(std::string_view stream, std::string* rest);

}  // namespace duel::http::testing

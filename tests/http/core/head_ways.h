#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/core/simple_head.h"
#include "http/limits.h"
#include "http/request.h"

namespace duel::http::testing {

// Everything that a parser says about a request. The views are offsets and sizes in the bytes; an empty view is {0, 0}.
struct Spans {
  using View = std::pair<size_t, size_t>;

  size_t consumed = 0;
  Method method = Method::kGet;
  int minor_version = 0;
  bool keep_alive = false;
  bool expects_continue = false;
  size_t bytes_of_fields = 0;
  std::vector<View> views;  // method, target, path, query, host, body; then name and value of each field

  bool operator==(const Spans&) const = default;
};

// Reads the same bytes with the scanner for simple heads in its two forms, and with llhttp alone. The scanners are kept
// from call to call, as those of a worker, and compared with a new one.
class HeadWays {
 public:
  struct Verdict {
    size_t simple_bytes = 0;  // the size of the first request if its head is simple; otherwise 0
    size_t bytes = 0;         // the size of the first request if it is complete and valid; otherwise 0
    std::string difference;   // empty if all ways agree
  };

  explicit HeadWays(uint64_t max_body = limits::kMaxBodyBytes) : max_body_(max_body) {}

  // Splits the bytes after each byte: the scanners read every beginning, and llhttp must accept what they accept. At
  // no more than `most_splits` of the places, RequestParser::read() gets both pieces, with and without a scanner.
  Verdict compare(std::string_view stream, size_t most_splits = SIZE_MAX);

  // As compare(), without splits. `behind` stands behind the bytes, where the scanners may read; it has no effect.
  Verdict compare_whole(std::string_view stream, std::string_view behind = {});

 private:
  size_t scan(const char* base, size_t size, std::string& difference);

  uint64_t max_body_;
  core::SimpleHeads vector_{HeadScan::kVector, max_body_};
  core::SimpleHeads portable_{HeadScan::kPortable, max_body_};
  core::SimpleHeads off_{HeadScan::kOff};
};

}  // namespace duel::http::testing

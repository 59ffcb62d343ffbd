#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/head_scan.h"
#include "http/limits.h"
#include "http/request.h"

namespace duel::http::core {

// Reads the heads of usual requests, faster than llhttp. simple_head.cc has the grammar of a simple head. llhttp and
// request_rules.h accept every request with a simple head, and find the same Request: tests/fuzz/simple_head_fuzz.cc
// searches for a difference. The scanner refuses nothing. If a head is not simple, llhttp reads the request from its
// first byte.
//
// A worker has one, because the spans of the fields are in it.
class SimpleHeads {
 public:
  explicit SimpleHeads(HeadScan scan);

  // Reads the request at `base`, of which the bytes before `end` have arrived. Returns its size; 0 if the head is not
  // simple or not complete. Sets every member of `request` except `socket`; the views are valid until the next call.
  // limits::kReadAheadBytes after `end` must be readable. Their values do not change the result.
  size_t read(const char* base, const char* end, Request& request) { return read_(*this, base, end, request); }

 private:
  using Read = size_t(SimpleHeads&, const char* base, const char* end, Request& request);

  static Read* reader(HeadScan scan);
  template <typename Bytes>
  static size_t read_with(SimpleHeads& heads, const char* base, const char* end, Request& request);
  template <typename Bytes>
  bool read_fields(const char* begin, const char* end);
  bool apply_rule(std::string_view name, std::string_view value);
  bool is_valid(std::string_view host);

  // The fields of one head.
  struct Fields {
    uint32_t size = 0;  // with the empty line
    uint16_t count = 0;
    bool keep_alive = true;
    std::string_view host;
  };

  Read* read_;
  Fields found_;
  std::array<char, 64> host_;  // the last valid Host, if it is not longer than this
  size_t host_size_ = 0;
  std::array<FieldSpan, limits::kFieldCount> spans_;  // the first found_.count are valid; offsets from the first field
};

}  // namespace duel::http::core

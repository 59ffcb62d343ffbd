#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/head_scan.h"
#include "http/limits.h"
#include "http/request.h"

namespace duel::http::core {

// Reads the heads of usual requests, faster than llhttp. simple_head.cc has the grammar of a simple head. A request
// with a Content-Length is simple only if its whole body has arrived. llhttp and request_rules.h accept every request
// with a simple head, and find the same Request: tests/fuzz/simple_head_fuzz.cc searches for a difference. The scanner
// refuses nothing. If a head is not simple, llhttp reads the request from its first byte.
//
// Clients send the same fields again and again, so the last fields are remembered. If the same bytes follow the request
// line, they are not examined again: what they mean depends on nothing else.
//
// A worker has one, because the spans of the fields and the last fields are in it.
class SimpleHeads {
 public:
  // `max_body`: bytes, as in RequestParser.
  explicit SimpleHeads(HeadScan scan, uint64_t max_body = limits::kMaxBodyBytes);

  // Reads the request at `base`, of which the bytes before `end` have arrived. Returns its size; 0 if the head is not
  // simple or the request is not complete. Sets every member of `request` except `socket`; the views are valid until
  // the next call. limits::kReadAheadBytes after `end` must be readable. Their values do not change the result.
  size_t read(const char* base, const char* end, Request& request) { return read_(*this, base, end, request); }

 private:
  using Read = size_t(SimpleHeads&, const char* base, const char* end, Request& request);

  static Read* reader(HeadScan scan);
  template <typename Bytes>
  static size_t read_with(SimpleHeads& heads, const char* base, const char* end, Request& request);
  template <typename Bytes>
  bool is_remembered(const char* begin, const char* end) const;
  template <typename Bytes>
  [[gnu::noinline]] bool read_fields(const char* begin, const char* end);
  bool apply_rule(std::string_view name, std::string_view value, const char* begin);
  bool read_length(std::string_view digits);
  bool is_valid(std::string_view host);

  // The fields of one head. Offsets count from the first field.
  struct Fields {
    uint32_t size = 0;  // with the empty line
    uint32_t host_at = 0;
    uint16_t host_size = 0;
    uint16_t count = 0;
    bool keep_alive = true;
    bool has_length = false;
    uint32_t body_size = 0;
  };

  static constexpr size_t kRememberedBytes = 1024;  // browsers send 400 to 1,000 bytes of fields

  Read* read_;
  uint64_t max_body_;
  Fields found_;                // the last fields that were read
  size_t remembered_size_ = 0;  // found_.size if `remembered_` has their bytes; otherwise 0
  std::array<char, 64> host_;   // the last valid Host, if it is not longer than this
  size_t host_size_ = 0;
  std::array<FieldSpan, limits::kFieldCount> spans_;  // of found_; the first found_.count are valid
  std::array<char, kRememberedBytes> remembered_;
};

}  // namespace duel::http::core

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include "http/core/parser.h"
#include "http/limits.h"

namespace duel::http::core {

// Received bytes that could not be answered at once: a request of which more is to come, or requests that wait for the
// answers before them to be sent. Begins at a request's first byte; the parser has taken in parser.parsed() bytes of
// it. The bytes start in the object and move to the heap when a body outgrows it.
class PartialRequest {
 public:
  // `pooled`: for the owner, to know where to give it back.
  PartialRequest(const RequestParser& parser, bool pooled) noexcept : parser_(parser), pooled_(pooled) {
    data_ = inline_.data();
  }
  PartialRequest(const PartialRequest&) = delete;
  PartialRequest& operator=(const PartialRequest&) = delete;

  RequestParser& parser() { return parser_; }
  bool pooled() const { return pooled_; }
  char* data() { return data_; }
  size_t size() const { return size_; }
  size_t unparsed() const { return size_ - parser_.parsed(); }

  void append(std::string_view bytes);
  // Everything before `at` has been answered; the parser, reset since, is at `at`.
  void drop_front(size_t at);
  // After the parser has asked for more: chunk framing at the end is no longer part of the bytes.
  void keep_parsed() { size_ = parser_.parsed(); }

 private:
  void reserve(size_t size);  // cold: throws std::bad_alloc

  RequestParser parser_;
  bool pooled_;
  size_t size_ = 0;
  size_t capacity_ = limits::kPartialRequestBytes;
  char* data_ = nullptr;
  std::unique_ptr<char[]> heap_;
  std::array<char, limits::kPartialRequestBytes> inline_;  // NOLINT: not to be touched before use
};

}  // namespace duel::http::core

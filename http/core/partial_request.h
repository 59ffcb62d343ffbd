#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include "http/core/parser.h"
#include "http/limits.h"

namespace duel::http::core {

// Received bytes that cannot be answered at once: an incomplete request, or requests that wait until earlier answers
// are sent. They begin at the first byte of a request, of which the parser has parsed parser().parsed() bytes. The
// bytes are in the object; they move to the heap when a body becomes too large.
class PartialRequest {
 public:
  // `pooled`: whether the object belongs to a pool; its owner needs to know when it releases the object.
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
  // Removes the bytes before `at`, which have been answered. The parser was reset and is at `at`.
  void drop_front(size_t at);
  // Call it after kNeedMore: removes the bytes after parsed(), which are chunk framing that the parser has consumed.
  void keep_parsed() { size_ = parser_.parsed(); }

 private:
  void reserve(size_t size);  // rarely called; throws std::bad_alloc

  RequestParser parser_;
  bool pooled_;
  size_t size_ = 0;
  size_t capacity_ = limits::kPartialRequestBytes;
  char* data_ = nullptr;
  std::unique_ptr<char[]> heap_;
  std::array<char, limits::kPartialRequestBytes + limits::kReadAheadBytes>
      inline_;  // NOLINT: uninitialised, so that unused pages are not touched
};

}  // namespace duel::http::core

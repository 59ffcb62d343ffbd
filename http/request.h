#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "http/method.h"

namespace duel::http {

struct Field {
  std::string_view name;   // as sent; compare with grammar::equal_fold_ascii()
  std::string_view value;  // without the whitespace around it
};

// Where a field lies, counted from the first byte of the request: survives a move of the bytes. 12 bytes, five a cache
// line.
struct FieldSpan {
  uint32_t name_at;
  uint32_t value_at;
  uint16_t name_size;
  uint16_t value_size;
};

// The fields of one request in the order sent; makes the views on the way, so that an unread field costs nothing.
class FieldList {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Field;

    Iterator() = default;
    Iterator(const char* base, const FieldSpan* span) : base_(base), span_(span) {}
    Field operator*() const {
      return {{base_ + span_->name_at, span_->name_size}, {base_ + span_->value_at, span_->value_size}};
    }
    Iterator& operator++() {
      ++span_;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++span_;
      return before;
    }
    bool operator==(const Iterator& other) const { return span_ == other.span_; }

   private:
    const char* base_ = nullptr;
    const FieldSpan* span_ = nullptr;
  };

  FieldList() = default;
  FieldList(const char* base, const FieldSpan* first, size_t count) : base_(base), first_(first), count_(count) {}

  Iterator begin() const { return {base_, first_}; }
  Iterator end() const { return {base_, first_ + count_}; }
  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }

 private:
  const char* base_ = nullptr;
  const FieldSpan* first_ = nullptr;
  size_t count_ = 0;
};

// One request as views into the receive buffer. Valid until Handler::handle() returns; copy what must live longer.
// A plain struct, so that tests and benchmarks can make one from parts.
struct Request {
  Method method = Method::kGet;
  uint8_t minor_version = 1;  // HTTP/1.x
  bool keep_alive = true;     // what the client asked for (RFC 9112 §9.3)
  int socket = -1;            // for remote_address() only
  std::string_view method_name = "GET";
  std::string_view target;  // as sent, whatever its form (RFC 9112 §3.2)
  std::string_view path;    // of the target, still percent-encoded, without the query; "*" for OPTIONS *
  std::string_view query;   // behind the first '?', without it; empty if there is none
  std::string_view host;    // of an absolute-form target, else of the Host field; empty in HTTP/1.0 without one
  FieldList fields;
  std::string_view body;  // whole and unchunked

  // The value of the first field of this name in any letter case; empty if there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;

  // Numeric address of the peer written to `to` (at least INET6_ADDRSTRLEN bytes); empty if it is gone. A system call.
  std::string_view remote_address(char* to, size_t size) const;
};

}  // namespace duel::http

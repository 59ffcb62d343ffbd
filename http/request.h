// For handlers and routers.
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

// The position of a field as offsets from the base of its FieldList, a byte at or before the first field. They stay
// valid when the bytes move. 12 bytes, so that a cache line holds five.
struct FieldSpan {
  uint32_t name_at;
  uint32_t value_at;
  uint16_t name_size;
  uint16_t value_size;
};

// The fields of one request, in the order in which they were sent. The iterator creates the views, so fields that are
// not read cost nothing.
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
  // The size of the lines, from the first name to the last value.
  size_t bytes() const {
    if (empty()) return 0;
    const FieldSpan& last = first_[count_ - 1];
    return last.value_at + last.value_size - first_->name_at;
  }

 private:
  const char* base_ = nullptr;
  const FieldSpan* first_ = nullptr;
  size_t count_ = 0;
};

// One request, as views into the receive buffer. Valid until Handler::handle() returns: copy data that must live
// longer. A plain struct, so that tests and benchmarks can construct one.
struct Request {
  Method method = Method::kGet;
  uint8_t minor_version = 1;  // HTTP/1.x
  bool keep_alive = true;     // whether the client keeps the connection open (RFC 9112 §9.3)
  int socket = -1;            // for remote_address() only
  std::string_view method_name = "GET";
  std::string_view target;  // as sent, in any form of RFC 9112 §3.2
  std::string_view path;    // of the target, percent-encoded as sent, without the query; "*" for OPTIONS *
  std::string_view query;   // after the first '?'; empty if there is none
  std::string_view host;    // of an absolute-form target, else the Host field; empty in HTTP/1.0 without Host
  FieldList fields;
  std::string_view body;  // complete, without chunk framing

  // The value of the first field with this name, in any letter case; empty if there is none.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;

  // Writes the peer's numeric address in its one spelling (write_socket_address() in http/address.h) to `to`, which has
  // grammar::kAddressTextBytes, and returns a view. Empty if the peer has disconnected. Makes a system call.
  std::string_view remote_address(char* to, size_t size) const;
};

}  // namespace duel::http

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace duel::alloc::profile::writer {

// For the profile writer: builds a message in the wire format of Protocol Buffers
// (protobuf.dev/programming-guides/encoding). It has only the types that a profile needs. Fields appear in the order of
// the calls. Fields with the default value are left out, as in proto3.
class Message {
 public:
  void number(unsigned field, uint64_t value) {
    if (value == 0) return;
    varint(field << 3);
    varint(value);
  }
  void number(unsigned field, int64_t value) { number(field, static_cast<uint64_t>(value)); }
  void bytes(unsigned field, std::string_view value) {
    varint(field << 3 | 2);
    varint(value.size());
    bytes_ += value;
  }
  void message(unsigned field, const Message& value) { bytes(field, value.bytes_); }
  template <class Integer>
  void packed(unsigned field, std::span<const Integer> values) {
    Message list;
    for (const Integer value : values) list.varint(static_cast<uint64_t>(value));
    bytes(field, list.bytes_);
  }

  const std::string& data() const { return bytes_; }

 private:
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

}  // namespace duel::alloc::profile::writer

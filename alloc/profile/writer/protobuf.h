#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace duel::alloc::profile::writer {

// A message of Protocol Buffers in its wire format (protobuf.dev/programming-guides/encoding), as far as a profile
// needs it. Fields appear in the order of the calls; those with the default value are left out, as proto3 does.
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

// For handlers and routers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::http {

// Names of fields that a handler cannot set: the core writes them (RFC 9112 §6, §9.6; RFC 9110 §6.6.1).
constexpr bool belongs_to_core(std::string_view name) {
  switch (name.size()) {  // the length distinguishes most names without a comparison
    case 4:
      return grammar::equal_fold_ascii(name, "Date");
    case 10:
      return grammar::equal_fold_ascii(name, "Connection");
    case 14:
      return grammar::equal_fold_ascii(name, "Content-Length");
    case 17:
      return grammar::equal_fold_ascii(name, "Transfer-Encoding");
    default:
      return false;
  }
}

// A field of answers that is known when the program is compiled, as it is sent: "Name: value\r\n". A name or value that
// Response::add() would refuse or change is a compile error, so nothing is left to check when the answer is written.
//
//   static constexpr http::FieldLine kJson("Content-Type", "application/json; charset=utf-8");
//
// The answer is written after the handler has returned, so the line must be static: it must live as long as the
// program.
class FieldLine {
 public:
  // The maximum size of a line. put() copies so many bytes in any case, which is four moves without a loop or a call.
  static constexpr size_t kBytes = 64;

  consteval FieldLine(std::string_view name, std::string_view value)
      : size_(static_cast<uint8_t>(name.size() + value.size() + 4)), value_at_(static_cast<uint8_t>(name.size() + 2)) {
    if (name.size() + value.size() + 4 > kBytes) throw std::length_error("the field has more than kBytes");
    if (!grammar::is_token(name) || belongs_to_core(name)) throw std::invalid_argument("not a name for a handler");
    char* to = bytes_.data();
    for (const char c : name) *to++ = c;
    *to++ = ':';
    *to++ = ' ';
    for (const char c : value) {
      if (!grammar::is_field_byte(c)) throw std::invalid_argument("not the value of a field");
      *to++ = c;
    }
    *to++ = '\r';
    *to++ = '\n';
  }

  constexpr std::string_view line() const { return {bytes_.data(), size_}; }
  constexpr std::string_view name() const { return line().substr(0, value_at_ - 2U); }
  constexpr std::string_view value() const { return line().substr(value_at_, size_ - value_at_ - 2U); }

  // Writes the line to `to`, where kBytes must be writable, and returns its end.
  char* put(char* to) const {
    std::memcpy(to, bytes_.data(), kBytes);
    return to + size_;
  }

 private:
  alignas(16) std::array<char, kBytes> bytes_{};
  uint8_t size_;
  uint8_t value_at_;
};

}  // namespace duel::http

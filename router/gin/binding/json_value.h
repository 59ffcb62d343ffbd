#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "router/gin/memory/arena.h"

// JSON input, parsed by simdjson; its header stays out of the handlers' sources.
namespace duel::gin::binding {

// Far deeper than what an API is sent, and shallow enough to walk by recursion.
inline constexpr size_t kMaxJsonDepth = 64;

// Where simdjson's count of an array's elements stops.
inline constexpr size_t kMaxJsonElements = 0xFFFFFF;

// A value inside the document that this thread has parsed last; valid until it parses another.
class JsonValue {
 public:
  // Whole numbers are kSigned if they fit, kUnsigned if only that fits.
  enum class Kind : uint8_t { kNull, kBool, kSigned, kUnsigned, kDouble, kText, kArray, kObject };

  JsonValue() = default;
  Kind kind() const { return kind_; }

  // Each only for its own kind.
  bool as_bool() const;
  int64_t as_signed() const;
  uint64_t as_unsigned() const;
  std::string_view as_text() const;  // UTF-8 without escapes
  size_t size() const;               // an array's elements

  // False if it is no number.
  bool to_double(double& to) const;

  // visit(JsonValue), visit(std::string_view name, JsonValue): in the order sent, until it returns false.
  template <class Visit>
  void each_element(Visit visit) const {
    each_element(&visit, [](void* to, const JsonValue& value) { return (*static_cast<Visit*>(to))(value); });
  }
  template <class Visit>
  void each_member(Visit visit) const {
    each_member(&visit, [](void* to, std::string_view name, const JsonValue& value) {
      return (*static_cast<Visit*>(to))(name, value);
    });
  }

 private:
  friend struct JsonAccess;
  void each_element(void* to, bool (*visit)(void*, const JsonValue&)) const;
  void each_member(void* to, bool (*visit)(void*, std::string_view, const JsonValue&)) const;

  Kind kind_ = Kind::kNull;
  alignas(void*) char element_[2 * sizeof(void*)] = {};  // simdjson's own value
};

// Returns what is wrong with the text, or nothing. Strict: RFC 8259 as a whole, also where the caller will not look,
// and UTF-8. A warm thread allocates nothing for bodies up to the size that its parser has grown to, 64 KiB at most.
std::string_view parse_json(std::string_view text, memory::Arena& arena, JsonValue& root);

}  // namespace duel::gin::binding

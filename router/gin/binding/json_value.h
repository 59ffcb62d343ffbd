#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "router/gin/json/json.h"
#include "router/gin/memory/arena.h"

// For bind.h: JSON input, parsed by simdjson. Handlers do not include simdjson's header through this one.
namespace duel::gin::binding {

// Much deeper than the bodies that APIs get, and small enough for recursion.
inline constexpr size_t kMaxJsonDepth = 64;

// simdjson counts the elements of an array only up to this number.
inline constexpr size_t kMaxJsonElements = 0xFFFFFF;

// A value of the document that this thread parsed last. Valid until the thread parses another document.
class JsonValue {
 public:
  // A whole number is kSigned if it fits into int64_t, kUnsigned if it fits only into uint64_t, otherwise kDouble.
  enum class Kind : uint8_t { kNull, kBool, kSigned, kUnsigned, kDouble, kText, kArray, kObject };

  JsonValue() = default;
  Kind kind() const { return kind_; }

  // Each of these functions may be called only for its own kind.
  bool as_bool() const;
  int64_t as_signed() const;
  uint64_t as_unsigned() const;
  std::string_view as_text() const;  // UTF-8, escapes decoded
  size_t size() const;               // number of elements of an array

  // For Context::json(): as Go writes a value of any kind: numbers are doubles, and members are sorted. Allocates for
  // members.
  void write_json(const json::Writer& writer) const;

  // Returns false if the value is not a number.
  bool to_double(double& to) const;

  // Call visit(JsonValue) or visit(std::string_view name, JsonValue) in the order sent, until it returns false.
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
  alignas(void*) char element_[2 * sizeof(void*)] = {};  // the bytes of a simdjson::dom::element
};

// Parses the text. Returns the problem, or nothing. The whole text must be JSON (RFC 8259) and UTF-8, including the
// parts that the caller does not read. Each thread keeps a parser for texts of up to 64 KiB: it allocates only when it
// grows.
std::string_view parse_json(std::string_view text, memory::Arena& arena, JsonValue& root);

}  // namespace duel::gin::binding

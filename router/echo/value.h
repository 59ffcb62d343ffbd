// For applications in the style of Echo.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace duel::echo {

// A value for Context::json(): null, a truth value, a number, a text, a list or a map. It stands for Go's interface{}:
// a text longer than 15 bytes, a list and a map allocate.
class Value {
 public:
  using List = std::vector<Value>;
  // Go sorts the names of a map when it writes them. If they are in order already, nothing is sorted or allocated.
  using Map = std::vector<std::pair<std::string, Value>>;

  Value() = default;
  Value(bool value) : value_(value) {}                           // NOLINT(google-explicit-constructor)
  Value(int value) : value_(int64_t{value}) {}                   // NOLINT(google-explicit-constructor)
  Value(int64_t value) : value_(value) {}                        // NOLINT(google-explicit-constructor)
  Value(double value) : value_(value) {}                         // NOLINT(google-explicit-constructor)
  Value(const char* value) : value_(std::string(value)) {}       // NOLINT(google-explicit-constructor)
  Value(std::string_view value) : value_(std::string(value)) {}  // NOLINT(google-explicit-constructor)
  Value(std::string value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Value(List value) : value_(std::move(value)) {}                // NOLINT(google-explicit-constructor)
  Value(Map value) : value_(std::move(value)) {}                 // NOLINT(google-explicit-constructor)

  const std::string* text() const { return std::get_if<std::string>(&value_); }
  // Appends the JSON text that Go's encoding/json writes, without a newline at the end.
  void write_json(std::string& to) const;
  // The text that Go's %v prints: a text without quotes, "map[a:1 b:x]", "[1 2]", "<nil>". For messages of errors.
  std::string go_text() const;

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Map> value_;
};

}  // namespace duel::echo

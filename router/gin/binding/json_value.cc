#include "router/gin/binding/json_value.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <map>
#include <memory>
#include <span>

namespace duel::gin::binding {

namespace dom = simdjson::dom;

struct JsonAccess {
  static_assert(sizeof(dom::element) == sizeof(JsonValue::element_) && std::is_trivially_copyable_v<dom::element>);

  static dom::element element(const JsonValue& value) {
    dom::element element;
    std::memcpy(static_cast<void*>(&element), value.element_, sizeof element);
    return element;
  }

  static JsonValue wrap(dom::element element) {
    JsonValue value;
    value.kind_ = kind_of(element.type());
    std::memcpy(value.element_, &element, sizeof element);
    return value;
  }

  static JsonValue::Kind kind_of(dom::element_type type) {
    using Kind = JsonValue::Kind;
    switch (type) {
      case dom::element_type::ARRAY:
        return Kind::kArray;
      case dom::element_type::OBJECT:
        return Kind::kObject;
      case dom::element_type::INT64:
        return Kind::kSigned;
      case dom::element_type::UINT64:
        return Kind::kUnsigned;
      case dom::element_type::DOUBLE:
        return Kind::kDouble;
      case dom::element_type::STRING:
        return Kind::kText;
      case dom::element_type::BOOL:
        return Kind::kBool;
      case dom::element_type::NULL_VALUE:
        break;
    }
    return Kind::kNull;
  }
};

bool JsonValue::as_bool() const {
  return JsonAccess::element(*this).get_bool().value_unsafe();
}

int64_t JsonValue::as_signed() const {
  return JsonAccess::element(*this).get_int64().value_unsafe();
}

uint64_t JsonValue::as_unsigned() const {
  return JsonAccess::element(*this).get_uint64().value_unsafe();
}

std::string_view JsonValue::as_text() const {
  return JsonAccess::element(*this).get_string().value_unsafe();
}

size_t JsonValue::size() const {
  return JsonAccess::element(*this).get_array().value_unsafe().size();
}

bool JsonValue::to_double(double& to) const {
  return JsonAccess::element(*this).get_double().get(to) == simdjson::SUCCESS;
}

void JsonValue::each_element(void* to, bool (*visit)(void*, const JsonValue&)) const {
  const dom::array elements = JsonAccess::element(*this).get_array().value_unsafe();
  for (const dom::element element : elements) {
    if (!visit(to, JsonAccess::wrap(element))) return;
  }
}

void JsonValue::each_member(void* to, bool (*visit)(void*, std::string_view, const JsonValue&)) const {
  const dom::object members = JsonAccess::element(*this).get_object().value_unsafe();
  for (const dom::key_value_pair member : members) {
    if (!visit(to, member.key, JsonAccess::wrap(member.value))) return;
  }
}

void JsonValue::write_json(const json::Writer& writer) const {
  switch (kind_) {
    case Kind::kNull:
      return json::write(writer, nullptr);
    case Kind::kBool:
      return json::write(writer, as_bool());
    case Kind::kText:
      return json::write(writer, as_text());
    case Kind::kArray:
      return json::write_list(
          writer, [&](auto visit) { each_element([&](const JsonValue& element) { return visit(element), true; }); });
    case Kind::kObject: {
      std::map<std::string_view, JsonValue> members;  // sorted, and the last of several of one name
      each_member([&](std::string_view name, const JsonValue& value) { return members[name] = value, true; });
      return json::write(writer, members);
    }
    default:
      double number = 0;
      to_double(number);
      json::write(writer, number);
  }
}

namespace {

// A parser needs about ten times the size of the text. A single large body must not occupy that memory forever.
constexpr size_t kKeptParserBytes = 64 * 1024;
constexpr size_t kFirstParserBytes = 4096;

std::string_view problem_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::SUCCESS:
      return {};
    case simdjson::DEPTH_ERROR:
      return "is nested too deeply";
    case simdjson::NUMBER_ERROR:
      return "holds a number that is malformed or out of range";
    case simdjson::UTF8_ERROR:
      return "is not UTF-8";
    case simdjson::EMPTY:
      return "is empty, JSON is expected";
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return "is too large";
    default:
      return "is not JSON";
  }
}

// Whether this number is an integer, without fraction and exponent, that int64_t and uint64_t cannot hold: it needs
// more than 64 bits, or is -0, whose sign a double keeps.
bool is_wide(const char* from, const char* to) {
  if (std::string_view(from, static_cast<size_t>(to - from)) == "-0") return true;
  int64_t negative = 0;
  uint64_t positive = 0;
  const auto read = *from == '-' ? std::from_chars(from, to, negative) : std::from_chars(from, to, positive);
  return read.ec == std::errc::result_out_of_range && read.ptr == to;
}

// Returns a copy of the text with "e0" after each number that is_wide(), so that simdjson reads it as a double.
// simdjson refuses such integers, but JSON has no maximum, and JavaScript writes 1e20 as 100000000000000000000. A
// malformed number stays malformed.
std::span<char> with_wide_integers_as_doubles(std::string_view text, memory::Arena& arena) {
  constexpr std::string_view kNumberLetters = "0123456789+-.eE";
  constexpr size_t kMinWideBytes = 2;  // of a wide number; two bytes are added to each
  char* const begin = arena.take(text.size() + text.size() / kMinWideBytes * 2 + simdjson::SIMDJSON_PADDING);
  char* to = begin;
  bool in_text = false;
  for (size_t i = 0; i < text.size();) {
    const size_t from = i++;
    if (text[from] == '"') in_text = !in_text;
    if (in_text && text[from] == '\\' && i < text.size()) ++i;
    const bool number = !in_text && kNumberLetters.find(text[from]) != std::string_view::npos;
    if (number) i = std::min(text.find_first_not_of(kNumberLetters, from), text.size());
    to = std::copy(text.begin() + from, text.begin() + i, to);
    if (number && is_wide(text.data() + from, text.data() + i)) to = std::copy_n("e0", 2, to);
  }
  arena.shrink(to + simdjson::SIMDJSON_PADDING);
  return {begin, static_cast<size_t>(to - begin)};
}

// The memory of `text` must continue for SIMDJSON_PADDING bytes after its end, because simdjson reads in blocks.
simdjson::error_code parse_padded(std::span<char> text, dom::element& root) {
  thread_local dom::parser kept_parser;
  thread_local std::unique_ptr<dom::parser> large_parser;  // kept, because its document is used after this call
  large_parser.reset();
  if (text.size() > kKeptParserBytes) large_parser = std::make_unique<dom::parser>();
  dom::parser& parser = large_parser ? *large_parser : kept_parser;
  if (parser.capacity() < text.size() || parser.capacity() == 0) {
    const size_t capacity = std::bit_ceil(std::max(text.size(), kFirstParserBytes));
    if (const auto error = parser.allocate(capacity, kMaxJsonDepth)) return error;
  }
  std::memset(text.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
  return parser.parse(text.data(), text.size(), false).get(root);
}

}  // namespace

std::string_view parse_json(std::string_view text, memory::Arena& arena, JsonValue& root) {
  char* const padded = arena.take(text.size() + simdjson::SIMDJSON_PADDING);
  std::copy(text.begin(), text.end(), padded);
  dom::element element;
  auto error = parse_padded({padded, text.size()}, element);
  const bool has_minus_zero = error == simdjson::SUCCESS && text.find("-0") != std::string_view::npos;
  if (error == simdjson::NUMBER_ERROR || has_minus_zero)
    error = parse_padded(with_wide_integers_as_doubles(text, arena), element);
  if (error != simdjson::SUCCESS) return problem_of(error);
  root = JsonAccess::wrap(element);
  return {};
}

}  // namespace duel::gin::binding

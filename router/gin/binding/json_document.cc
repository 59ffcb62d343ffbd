#include "router/gin/binding/json_document.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <memory>
#include <span>

#include "router/documents/limits.h"
#include "router/gin/binding/json_access.h"

namespace duel::gin::binding {

namespace dom = simdjson::dom;

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
    if (const auto error = parser.allocate(capacity, documents::kMaxDepth)) return error;
  }
  std::memset(text.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
  return parser.parse(text.data(), text.size(), false).get(root);
}

}  // namespace

std::string_view parse_json(std::string_view text, memory::Arena& arena, DocumentValue& root) {
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

#include "router/gin/binding/convert.h"

#include <algorithm>

namespace duel::gin::binding::internal {
namespace {

size_t text_size(const Place& place) {
  constexpr size_t kIndexBytes = 22;  // "[", "]" and the largest size_t in decimal
  return (place.outer == nullptr ? 0 : text_size(*place.outer)) + place.name.size() + kIndexBytes;
}

char* put(std::string_view bytes, char* to) {
  return std::copy(bytes.begin(), bytes.end(), to);
}

char* put_place(const Place& place, char* const begin) {
  char* to = place.outer == nullptr ? begin : put_place(*place.outer, begin);
  if (!place.name.empty()) {
    if (to != begin) to = put(".", to);
    return put(place.name, to);
  }
  if (place.outer == nullptr) return to;
  *to++ = '[';
  to = std::to_chars(to, to + 20, place.index).ptr;
  *to++ = ']';
  return to;
}

}  // namespace

BindError bind_error(const Place& place, std::string_view problem, memory::Arena& arena) {
  constexpr std::string_view kWhole = "body";
  return {arena.write(text_size(place) + kWhole.size() + 2 + problem.size(), [&](char* const begin) {
    char* to = put_place(place, begin);
    if (to == begin) to = put(kWhole, to);
    return put(problem, put(": ", to));
  })};
}

bool is_below_one(std::string_view number) {
  const size_t exponent = number.find_first_of("eE");
  if (exponent != std::string_view::npos) return number.substr(exponent + 1).starts_with('-');
  return number.find('.') != std::string_view::npos && number.find_first_not_of("-0") == number.find('.');
}

// As Go's strconv.ParseBool, but empty text is false.
std::string_view parse_bool(std::string_view text, bool& to) {
  constexpr std::string_view kTrue[] = {"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::string_view kFalse[] = {"", "0", "f", "F", "false", "FALSE", "False"};
  const auto is_in = [&](const auto& list) { return std::ranges::find(list, text) != std::end(list); };
  if (!is_in(kTrue) && !is_in(kFalse)) return kNotBool;
  to = is_in(kTrue);
  return {};
}

}  // namespace duel::gin::binding::internal

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request.h"

// How the handlers of a twin write what they saw (tests/data/context/FORMAT.md, "How the handlers write what they
// saw").
namespace duel::context {

std::string enc(std::string_view bytes);
std::string sha(std::string_view bytes);  // SHA-256 in hexadecimal digits
std::string f64(double number);           // the bits of the number in hexadecimal digits
std::string f32(float number);
inline std::string_view truth(bool value) {
  return value ? "true" : "false";
}
// Seconds since 1970 and nanoseconds.
std::string moment(int64_t seconds, int64_t nanoseconds);

template <class Texts>
std::string list(const Texts& texts) {
  std::string to = "[";
  bool first = true;
  for (const auto& text : texts) {
    if (!first) to += ',';
    first = false;
    to += enc(text);
  }
  return to + "]";
}

// Of texts that are encoded already.
std::string dict(const std::vector<std::pair<std::string, std::string>>& entries);

// Percent-decodes the text; the text itself if an escape is malformed.
std::string decoded(std::string_view text);

// The name asked for: the request's field X-Name, percent-decoded; "a" if there is none.
std::string name_asked_for(const http::Request& request);

}  // namespace duel::context

#include "http/grammar/location.h"

namespace duel::http::grammar {
namespace {

bool has_scheme(std::string_view location) {
  const size_t colon = location.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && location[colon] == ':';
}

bool has_host(std::string_view location) {
  if (!location.starts_with("//")) return false;
  const std::string_view authority = location.substr(2, location.find_first_of("/?#", 2) - 2);
  return !authority.empty() && !authority.ends_with('@');
}

}  // namespace

bool has_scheme_or_host(std::string_view location) {
  return has_scheme(location) || has_host(location);
}

const PercentEncoding& encoding_of_location(std::string_view location) {
  return has_scheme_or_host(location) ? kLocationEncoding : kLocationPathEncoding;
}

}  // namespace duel::http::grammar

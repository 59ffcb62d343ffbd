#include "router/nethttp/header.h"

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::nethttp {

std::string_view Header::get(std::string_view name) const {
  const auto found = fields_.find(canonical(name));
  return found == fields_.end() || found->second.empty() ? std::string_view() : found->second.front();
}

std::string Header::canonical(std::string_view name) {
  std::string result(name);
  if (!http::grammar::is_token(name)) return result;
  bool begins = true;
  for (char& c : result) {
    c = begins ? http::grammar::to_upper_ascii(c) : http::grammar::to_lower_ascii(c);
    begins = c == '-';
  }
  return result;
}

}  // namespace duel::nethttp

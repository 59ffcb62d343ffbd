// For the redirects of both router styles.
#pragma once

#include <string_view>

#include "http/grammar/percent.h"

namespace duel::http::grammar {

// Whether a Location has a scheme or a host of its own (RFC 3986 §4.1, §4.2). As in Go's url.Parse, "//" without a host
// behind it, or with user information alone, has none. "///x" has no host, either, although browsers treat it as "//x".
// So callers must clean it like any other path before they send it.
bool has_scheme_or_host(std::string_view location);

// How this Location is encoded.
const PercentEncoding& encoding_of_location(std::string_view location);

}  // namespace duel::http::grammar

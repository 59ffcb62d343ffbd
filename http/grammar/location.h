#pragma once

#include <string_view>

namespace duel::http::grammar {

// Whether a Location names its own scheme or host (RFC 3986 §4.1, §4.2), as url.Parse of Go sees it: "//" and a host,
// without what ends in '@'. "///x" has none, although browsers read any number of slashes as two: to be sent, it has to
// be cleaned like any other path.
bool has_scheme_or_host(std::string_view location);

}  // namespace duel::http::grammar

// For the rooms of the Beego style.
#pragma once

#include <string>
#include <string_view>

#include "http/grammar/percent.h"

// Functions of http/grammar with std::string as storage. The original allocates these strings, too.
namespace duel::beego::values {

// The clean form of a path (Go's path.Clean). Returns `path` itself if it is clean, else a view into `buffer`.
std::string_view clean_path(std::string_view path, std::string& buffer);

// Returns false if an escape is malformed; `decoded` is then empty.
bool percent_decode(std::string_view encoded, http::grammar::Plus plus, std::string& decoded);

std::string percent_encode(std::string_view text, const http::grammar::PercentEncoding& encoding);

// Lower case of text in UTF-8; U+FFFD for each invalid byte.
std::string to_lower_unicode(std::string_view text);

}  // namespace duel::beego::values

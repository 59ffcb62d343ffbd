// For the rooms of the Gin style.
#pragma once

#include <optional>
#include <string_view>

#include "http/grammar/percent.h"
#include "router/gin/memory/arena.h"

// Percent-encoding with results in the arena of the request.
namespace duel::gin::binding {

// Returns `text` itself if it has nothing to decode. Returns nothing if an escape is malformed.
std::optional<std::string_view> percent_decode(std::string_view text, http::grammar::Plus plus, memory::Arena& arena);

std::string_view percent_encode(std::string_view text, const http::grammar::PercentEncoding& encoding,
                                memory::Arena& arena);

}  // namespace duel::gin::binding

#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "router/gin/memory/arena.h"

// Percent-encoding as Go's net/url does it, because Gin's answers show it (RFC 3986 §2.1).
namespace duel::gin::binding {

enum class Plus : bool { kIsPlus, kIsSpace };

// Decodes %XX (and '+' where asked). Without anything to decode the result is `text` itself; else it lies in the arena.
// Nothing if a '%' is not followed by two hexadecimal digits.
std::optional<std::string_view> unescape(std::string_view text, Plus plus, memory::Arena& arena);

// Whether a '%' and two hexadecimal digits stand at `at`.
bool is_escape(std::string_view text, size_t at);

// What a decoded path looks like in a URL: letters, digits and -_.~$&+,/:;=@ stay, every other byte becomes %XX.
std::string_view escape_path(std::string_view path, memory::Arena& arena);
// Whether `sent` is escape_path(decoded): then nothing was lost by decoding it.
bool is_standard_escape(std::string_view sent, std::string_view decoded);

// What a cookie's value looks like: letters, digits and -_.~ stay, a space becomes '+', every other byte %XX.
std::string_view escape_query(std::string_view text, memory::Arena& arena);

// Whether `sent`, decoded with '+' as a space, is `text`; false for a bad escape. Needs no memory.
bool decodes_to(std::string_view sent, std::string_view text);

}  // namespace duel::gin::binding

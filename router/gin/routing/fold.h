#pragma once

#include <cstdint>
#include <string_view>

namespace duel::gin::routing {

// Unicode's simple mappings: one character to one character, no locale.
uint32_t to_lower(uint32_t code);
uint32_t to_upper(uint32_t code);

// UTF-8, by simple case folding; bytes that are no UTF-8 count as equal, as in Go's strings.EqualFold.
bool equal_fold_unicode(std::string_view a, std::string_view b);

}  // namespace duel::gin::routing

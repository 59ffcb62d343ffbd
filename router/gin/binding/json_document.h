#pragma once

#include <string_view>

#include "router/gin/binding/document_value.h"
#include "router/gin/memory/arena.h"

// For bind.h: JSON input, parsed by simdjson.
namespace duel::gin::binding {

// Parses the text. Returns the problem, or nothing. The whole text must be JSON (RFC 8259) and UTF-8, including the
// parts that the caller does not read, with at most documents::kMaxDepth levels. Each thread keeps a parser for texts
// of up to 64 KiB: it allocates only when it grows.
std::string_view parse_json(std::string_view text, memory::Arena& arena, DocumentValue& root);

}  // namespace duel::gin::binding

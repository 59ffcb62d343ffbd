#pragma once

#include <string_view>

#include "router/gin/binding/document_value.h"
#include "router/gin/memory/arena.h"

// For bind.h: XML input.
namespace duel::gin::binding {

// Parses the text (router/documents/xml.h). Returns the problem, or nothing. `root` is the outermost element, whose
// name means nothing.
std::string_view parse_xml(std::string_view text, memory::Arena& arena, DocumentValue& root);

}  // namespace duel::gin::binding

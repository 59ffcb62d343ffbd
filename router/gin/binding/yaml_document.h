#pragma once

#include <string_view>

#include "router/gin/binding/document_value.h"
#include "router/gin/memory/arena.h"

// For bind.h: YAML input.
namespace duel::gin::binding {

// Parses the text (router/documents/yaml.h). Returns the problem, or nothing.
std::string_view parse_yaml(std::string_view text, memory::Arena& arena, DocumentValue& root);

}  // namespace duel::gin::binding

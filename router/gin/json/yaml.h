#pragma once

#include <string_view>

#include "router/gin/memory/arena.h"
#include "router/gin/memory/buffer.h"

namespace duel::gin::json {

// For Context::yaml(): writes compact JSON as YAML, in the form of Go's yaml.v3: a line per member, four blanks per
// level, and quotes only where YAML needs them.
void write_yaml(memory::Buffer& to, std::string_view compact, memory::Arena& arena);

}  // namespace duel::gin::json

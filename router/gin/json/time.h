#pragma once

#include "http/grammar/rfc3339.h"
#include "router/gin/memory/buffer.h"

namespace duel::gin::json {

// For handlers, under the name gin::Time. Members of structs that are written as JSON, or bound, may have this type, or
// any std::chrono::sys_time.
using http::grammar::Time;

// RFC 3339, with as many digits of the second as needed. Throws std::domain_error unless the year has four digits.
void append_time(memory::Buffer& to, const Time& time);

}  // namespace duel::gin::json

#pragma once

#include <string_view>

#include "router/gin/memory/arena.h"

namespace duel::gin {

class Context;

// A location as net/http's Redirect sends it: relative to the request's path made absolute, its path cleaned; with a
// scheme or a host it stays as it is.
std::string_view resolve_location(std::string_view location, std::string_view request_path, memory::Arena& arena);

// Status, Location and, for GET, the short page that net/http sends with a redirect.
void send_redirect(Context& context, int code, std::string_view location);

// The path with one slash more or less at its end, behind the X-Forwarded-Prefix of the request if there is one (that
// is what a proxy has cut off), reduced to letters, digits, '-' and single '/' because it comes from outside.
std::string_view toggle_slash(std::string_view path, std::string_view forwarded_prefix, memory::Arena& arena);

// `path` escaped, with the request's query behind it.
std::string_view with_query(std::string_view path, std::string_view target, memory::Arena& arena);

}  // namespace duel::gin

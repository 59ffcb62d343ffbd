#pragma once

#include <string_view>

#include "router/gin/memory/arena.h"

namespace duel::gin {

class Context;

// For Context::redirect() and no_route.cc. All results live in the arena or are views of the arguments.

// Returns the location as net/http's Redirect sends it: a relative location is joined to the request's path and its
// path is cleaned; a location with a scheme or a host is unchanged.
std::string_view resolve_location(std::string_view location, std::string_view request_path, memory::Arena& arena);

// Writes the status, the Location field and, for GET, the short page that net/http sends with a redirect.
void send_redirect(Context& context, int code, std::string_view location);

// Adds a slash to the end of the path, or removes it if there is one. Puts X-Forwarded-Prefix, the prefix that a proxy
// has removed, before the path. As the prefix comes from the client, only letters, digits, '-' and single '/' are kept.
std::string_view toggle_slash(std::string_view path, std::string_view forwarded_prefix, memory::Arena& arena);

// Returns the escaped path, followed by the query of the request's target.
std::string_view with_query(std::string_view path, std::string_view target, memory::Arena& arena);

}  // namespace duel::gin

#pragma once

#include <string_view>

#include "http/request.h"
#include "router/gin/memory/arena.h"
#include "router/gin/proxies.h"

namespace duel::gin {

// For Input::client_ip(). Returns the address of the client as reported by the platform's field or by trusted proxies
// (http/client_address.h), or else the address of the peer (`remote`). Each address has one spelling
// (http::grammar::write_address()); Gin returns the text of the field. The result is in the arena, or it is `remote`.
std::string_view find_client_ip(const http::Request& request, std::string_view remote, const Proxies& proxies,
                                memory::Arena& arena);

}  // namespace duel::gin

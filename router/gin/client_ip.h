#pragma once

#include <string_view>

#include "http/request.h"
#include "router/gin/proxies.h"

namespace duel::gin {

// For Input::client_ip(). Returns the address of the client as reported by trusted proxies, or else the address of the
// peer (`remote`). The result is a view into the request or of `remote`.
//
// If the peer is a trusted proxy, X-Forwarded-For is read from the right. The first address that does not belong to a
// trusted proxy is the client, because anybody could have written the addresses to the left of it. If all addresses are
// trusted, the leftmost is the client. Without X-Forwarded-For, X-Real-IP counts. Unlike Gin this function reads all
// X-Forwarded-For fields as one list (RFC 9110 §5.3); Gin reads only the first field, which the client may have sent.
// If the list is malformed, the peer is the client.
std::string_view find_client_ip(const http::Request& request, std::string_view remote, const Proxies& proxies);

}  // namespace duel::gin

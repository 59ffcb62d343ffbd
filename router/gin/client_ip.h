#pragma once

#include <string_view>

#include "http/request.h"
#include "router/gin/proxies.h"

namespace duel::gin {

// The address of the client as the proxies in front tell it, else the peer's (`remote`). A view into the request or of
// `remote`.
//
// If the peer is a trusted proxy, X-Forwarded-For is walked from the right: the first address that is no trusted
// proxy's is the client, for what stands left of it anybody may have written. If all are trusted it is the leftmost.
// Without such a field X-Real-IP counts. Unlike Gin this reads all lines of X-Forwarded-For as one list (RFC 9110 §5.3;
// Gin sees the first, which the client may have sent), and a malformed list makes the peer the client.
std::string_view find_client_ip(const http::Request& request, std::string_view remote, const Proxies& proxies);

}  // namespace duel::gin

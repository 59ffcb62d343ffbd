// For routers and logs that are behind a proxy.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "http/grammar/address.h"
#include "http/request.h"

namespace duel::http {

// The client's address as trusted proxies report it; empty if the peer is the client. `peer` is the text of
// Request::remote_address().
//
// If the peer is a trusted proxy, X-Forwarded-For is read from the right. The first address that does not belong to a
// trusted proxy is the client, because anybody could have written the addresses to the left of it. If all addresses are
// trusted, the leftmost is the client. Without X-Forwarded-For, X-Real-IP counts. Unlike Gin this function reads all
// X-Forwarded-For fields as one list (RFC 9110 §5.3); Gin reads only the first field, which the client may have sent.
// If the list is malformed, the peer is the client.
std::optional<grammar::Address> forwarded_client(const Request& request, std::string_view peer,
                                                 std::span<const grammar::Network> trusted);

}  // namespace duel::http

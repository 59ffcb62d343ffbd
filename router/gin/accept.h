#pragma once

#include <span>
#include <string_view>

#include "http/request.h"

namespace duel::gin {

// For Context::negotiate_format(): the offered media type that the client prefers by the weights of its Accept fields
// (RFC 9110 §12.5.1); an empty view if it accepts none. Of equal ones, that which the client names first, then the
// first offer. Without an Accept field, the first offer. As in Gin, an offer may be a range such as "application/*".
std::string_view preferred_type(const http::FieldList& fields, std::span<const std::string_view> offers);

}  // namespace duel::gin

#pragma once

#include "router/echo/context.h"

namespace duel::echo::middleware {

// Adds a slash to the end of the path, or removes it (Echo's AddTrailingSlash and RemoveTrailingSlash). With a code,
// the client is redirected; otherwise the request is changed. For Echo::pre().
MiddlewareFunc add_trailing_slash(int redirect_code = 0);
MiddlewareFunc remove_trailing_slash(int redirect_code = 0);

}  // namespace duel::echo::middleware

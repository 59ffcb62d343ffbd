// For applications in the style of Echo.
#pragma once

#include "http/static_directory.h"
#include "router/echo/context.h"

namespace duel::echo {

// Answers with the file that the rest of the path names (Echo's StaticDirectoryHandler): for a pattern that ends in
// `*`. `directory` must outlive the handler.
HandlerFunc static_directory_handler(const http::StaticDirectory& directory);

}  // namespace duel::echo

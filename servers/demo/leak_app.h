#pragma once

#include <memory>

#include "http/handler.h"
#include "servers/config/options.h"
#include "servers/demo/leak_items.h"

namespace duel::servers::demo {

// Adds GET /api/item/:id, in the style of `router`, in front of the application `rest`. The route keeps an item with
// this id and answers "4000 bytes".
http::HandlerFactory with_items(http::HandlerFactory rest, config::RouterStyle router,
                                const std::shared_ptr<Items>& items);

}  // namespace duel::servers::demo

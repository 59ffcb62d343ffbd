#pragma once

#include <memory>

#include "http/handler.h"
#include "servers/config/options.h"
#include "servers/demo/leak_items.h"

namespace duel::servers::demo {

// `rest`, and before it GET /api/item/:id in the style of `router`: keeps an item of this id, answers "4000 bytes".
http::HandlerFactory with_items(http::HandlerFactory rest, config::RouterStyle router,
                                const std::shared_ptr<Items>& items);

}  // namespace duel::servers::demo

#pragma once

#include <memory>

#include "http/handler.h"
#include "servers/leak_items.h"
#include "servers/options.h"

namespace duel::servers {

// `rest`, and before it GET /api/item/:id in the style of `router`: keeps an item of this id, answers "4000 bytes".
http::HandlerFactory with_items(http::HandlerFactory rest, RouterStyle router, const std::shared_ptr<Items>& items);

}  // namespace duel::servers

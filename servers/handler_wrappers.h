#pragma once

#include "http/handler.h"
#include "servers/config/options.h"
#include "servers/logs/access_log.h"

namespace duel::servers {

// What app.conf can put around the router's handler, the same for both styles; each is nothing at all when it is off:
//
//   AccessLogs > EnableGzip > CopyRequestBody > the router's handler
//
// What the core itself answers (400, 408, 413, ...) does not pass here. `log` outlives every handler made.
http::HandlerFactory with_steps(const http::HandlerFactory& make_router, const config::Options& options,
                                logs::AccessLog& log);

}  // namespace duel::servers

#pragma once

#include "http/handler.h"
#include "servers/config/wrapper_options.h"
#include "servers/logs/access_log.h"

namespace duel::servers {

// Puts the wrappers of app.conf around the router's handler. They are the same for all styles, and a wrapper that is
// switched off costs nothing:
//
//   AccessLogs > EnableGzip > CopyRequestBody > the router's handler
//
// Requests that the core answers itself (400, 408, 413, ...) do not reach the wrappers. `options` and `log` must
// outlive every handler.
http::HandlerFactory wrap_handler(const http::HandlerFactory& make_router, const config::WrapperOptions& options,
                                  logs::AccessLog& log);

}  // namespace duel::servers

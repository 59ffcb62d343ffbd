#pragma once

#include "http/handler.h"
#include "http/static_directory.h"
#include "servers/demo/users.h"

// The demo application. Both styles have the same routes and send the same bytes:
//
//   GET  /ping               pong
//   GET  /json               {"message":"pong"}
//   GET  /list/:length       a JSON array of `length` objects: 146 objects are 3,981 bytes, 154 are 4,205
//   GET  /api/v1/user/:id    the id
//   GET  /static/*filepath   a file below the static directory; a directory without a slash at its end, such as
//                            /static, is redirected to the path with the slash
//   POST /echo               the body of the request
//   GET  /fixed/css/site.css pong, from a route without wildcards
//   GET  /wild/*rest         pong, from a route with a wildcard
//   GET  /sql/user/:id       a row of the table of users as JSON, read with native SQL
//   the 203 routes of router/sets/github.inc: the pattern, then one line per parameter
//
// The Beego style also has these routes, unless they are switched off:
//
//   GET  /orm/user/:id       the same bytes as /sql/user/:id, read with the ORM
//   GET  /session            how often this client has asked; POST gives the session a new id; DELETE ends it
//
// Every GET route answers HEAD too, except for the 203 routes. A method that no route has gets 501. A PUT with
// Content-Range gets 400.
namespace duel::servers::demo {

// `files` must outlive every handler. `pool`: take contexts from a pool. Both functions throw http::StartError if the
// database cannot be opened. The Beego style with ORM opens the database at once. Without ORM, and in the Gin style,
// the first request that needs a database in memory creates it.
http::HandlerFactory make_gin_demo(const http::StaticDirectory& files, bool pool, const config::DataOptions& data);
http::HandlerFactory make_beego_demo(const http::StaticDirectory& files, bool pool, const config::DataOptions& data);

}  // namespace duel::servers::demo

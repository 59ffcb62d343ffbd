#pragma once

#include "http/handler.h"
#include "http/static_directory.h"
#include "servers/demo/users.h"

// One application in two styles: the same endpoints, the same bytes on the wire.
//
//   GET  /ping               pong
//   GET  /json               {"message":"pong"}
//   GET  /list/:length       so many objects, a JSON answer of any size: 146 make 3,981 bytes, 154 make 4,205
//   GET  /api/v1/user/:id    the id
//   GET  /static/*filepath   a file below the static directory
//   POST /echo               the request's body
//   GET  /fixed/css/site.css pong, by a route without wildcards
//   GET  /wild/*rest         pong, by a wildcard
//   GET  /sql/user/:id       a row of the table of users as JSON, by native SQL
//   the 203 routes of router/sets/github.inc: the pattern and the parameters, one a line
//
// and in the Beego style alone, unless switched off:
//
//   GET  /orm/user/:id       the same bytes as /sql/user/:id, by the ORM
//   GET  /session            how often this client has asked; POST: the session gets another id; DELETE: it ends
//
// HEAD is answered where GET is, except for the 203 routes. A method that no route of either has is 501, a PUT of a
// part is 400.
namespace duel::servers::demo {

// `files` outlives every handler made. Both throw http::StartError if the database cannot be opened. The Beego style
// opens it at once for its ORM; without one, and in the Gin style, a database in memory is made by the first request
// that needs it.
http::HandlerFactory make_gin_demo(const http::StaticDirectory& files, bool pool, const config::DataOptions& data);
http::HandlerFactory make_beego_demo(const http::StaticDirectory& files, bool pool, const config::DataOptions& data);

}  // namespace duel::servers::demo

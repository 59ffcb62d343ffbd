#pragma once

#include "http/handler.h"
#include "http/static_directory.h"

// One application in two styles: the same endpoints, the same bytes on the wire.
//
//   GET  /ping               pong
//   GET  /json               {"message":"pong"}
//   GET  /list/:length       so many objects, a JSON answer of any size: 146 make 3,981 bytes, 154 make 4,205
//   GET  /api/v1/user/:id    the id
//   GET  /static/*filepath   a file below the static directory
//   POST /echo               the request's body
//   the 203 routes of router/sets/github.inc: the pattern and the parameters, one a line
//
// HEAD is answered where GET is, except for the 203 routes.
namespace duel::servers {

// `files` outlives every handler made.
http::HandlerFactory make_gin_demo(const http::StaticDirectory& files, bool pool);
http::HandlerFactory make_beego_demo(const http::StaticDirectory& files, bool pool);

}  // namespace duel::servers

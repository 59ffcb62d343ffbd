#pragma once

#include <memory>

#include "http/handler.h"
#include "http/static_directory.h"
#include "servers/config/options.h"
#include "servers/demo/leak_items.h"

// The demo application. All router styles have the same routes and send the same bytes:
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
//   GET  /api/item/:id       keeps an item with this id and answers "4000 bytes"; only with --scenario
//   the 203 routes of router/sets/github.inc: the pattern, then one line per parameter
//
// The Beego style also has these routes, unless they are switched off:
//
//   GET  /orm/user/:id       the same bytes as /sql/user/:id, read with the ORM
//   GET  /session            how often this client has asked; POST gives the session a new id; DELETE ends it
//
// Every GET route answers HEAD too, except for the 203 routes. (With --mux=1.22 these do too: its patterns of GET match
// HEAD.) A method that no route has gets 501. A PUT with
// Content-Range gets 400.
namespace duel::servers::demo {

struct Setup {
  const http::StaticDirectory& files;  // must outlive every handler
  const config::Options& options;      // read while the application is made
  std::shared_ptr<Items> items;        // of --scenario; null without it
};

// make_gin_demo(), make_beego_demo() and so on: one function per style, in demo_gin.cc, demo_beego.cc and so on. They
// throw http::StartError if the database cannot be opened. The Beego style with ORM opens the database at once. Without
// ORM, and in the other styles, the first request that needs a database in memory creates it.
#define DUEL_STYLE(value, name, pooled) http::HandlerFactory make_##name##_demo(const Setup& setup);
#include "servers/config/router_styles.inc"
#undef DUEL_STYLE

// The demo in the style of setup.options.router.
http::HandlerFactory make_demo(const Setup& setup);

}  // namespace duel::servers::demo

#include "servers/demo.h"

namespace duel::servers {

http::HandlerFactory make_gin_demo(const http::StaticDirectory& files, bool pool) {
  return make_beego_demo(files, pool);
}

}  // namespace duel::servers

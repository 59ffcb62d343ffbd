#include "servers/demo/demo.h"

namespace duel::servers::demo {

http::HandlerFactory make_demo(const Setup& setup) {
  switch (setup.options.router) {
#define DUEL_STYLE(value, name, pooled) \
  case config::RouterStyle::value:      \
    return make_##name##_demo(setup);
#include "servers/config/router_styles.inc"
#undef DUEL_STYLE
  }
  return {};
}

}  // namespace duel::servers::demo

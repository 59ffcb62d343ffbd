#include "router/gin/middleware/recovery.h"

#include "http/log_line.h"

namespace duel::gin::middleware {

void log_exception(Context& c, std::string_view message) {
  http::log_line({"gin: ", c.method(), " ", c.path(), ": ", message});
}

}  // namespace duel::gin::middleware

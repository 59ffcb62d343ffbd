#include "router/gin/request_path.h"

#include "http/grammar/clean_path.h"
#include "router/gin/binding/percent.h"
#include "router/gin/context.h"

namespace duel::gin {

std::string_view clean_request_path(std::string_view path, memory::Arena& arena) {
  char* to = arena.take(path.size() + 1);
  return {to, http::grammar::clean_path(path, http::grammar::CleanPath::kRootedAsGin, to)};
}

RequestPath decode_path(Context& context, const Options& options) {
  memory::Arena& arena = context.arena();
  const http::Request& request = context.request();
  const std::string_view sent = request.path;
  // The target of CONNECT is an authority, and "*" means the server itself (RFC 9112 §3.2). They have no route.
  if (!sent.starts_with('/') && sent != "*" && request.method != http::Method::kConnect) return {.valid = false};
  const auto decoded = binding::percent_decode(sent, http::grammar::Plus::kIsPlus, arena);
  if (!decoded) return {.valid = false};
  context.set_path(*decoded);
  RequestPath path{.matched = *decoded};
  if (options.use_raw_path && !http::grammar::is_percent_encoded(sent, *decoded, http::grammar::kPathEncoding)) {
    path.matched = sent;
    path.raw = true;
  }
  if (options.remove_extra_slash) path.matched = clean_request_path(path.matched, arena);
  return path;
}

void refuse_target(Context& context) {
  context.string(400, "400 Bad Request");
}

}  // namespace duel::gin

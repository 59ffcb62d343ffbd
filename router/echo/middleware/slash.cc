#include "router/echo/middleware/slash.h"

namespace duel::echo::middleware {
namespace {

// Browsers take two slashes or backslashes at the beginning for those of a host.
std::string with_one_slash(std::string_view location) {
  const size_t first = std::min(location.find_first_not_of("/\\"), location.size());
  return first > 1 ? "/" + std::string(location.substr(first)) : std::string(location);
}

Error go_on(Context& context, std::string path, int redirect_code, const HandlerFunc& next) {
  url::Url& url = context.request().url;
  if (redirect_code == 0) {
    url.path = std::move(path);
    return next(context);
  }
  if (!url.raw_query.empty()) path += "?" + url.raw_query;
  return context.redirect(redirect_code, with_one_slash(path));
}

}  // namespace

MiddlewareFunc add_trailing_slash(int redirect_code) {
  return [redirect_code](HandlerFunc next) -> HandlerFunc {
    return [redirect_code, next = std::move(next)](Context& context) {
      const std::string& path = context.request().url.path;
      return path.ends_with('/') ? next(context) : go_on(context, path + "/", redirect_code, next);
    };
  };
}

MiddlewareFunc remove_trailing_slash(int redirect_code) {
  return [redirect_code](HandlerFunc next) -> HandlerFunc {
    return [redirect_code, next = std::move(next)](Context& context) {
      const std::string& path = context.request().url.path;
      const bool has_slash = path.size() > 1 && path.ends_with('/');
      return has_slash ? go_on(context, path.substr(0, path.size() - 1), redirect_code, next) : next(context);
    };
  };
}

}  // namespace duel::echo::middleware

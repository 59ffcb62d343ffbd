#include "router/echo/static_directory_handler.h"

#include <string>

#include "http/grammar/percent.h"

namespace duel::echo {

HandlerFunc static_directory_handler(const http::StaticDirectory& directory) {
  return [&directory](Context& context) {
    const std::string_view rest = context.param("*");
    if (context.request().url.raw_path.empty()) return context.file(directory, rest);
    std::string decoded(rest.size(), '\0');  // the parameter is as sent
    const auto size = http::grammar::percent_decode(rest, http::grammar::Plus::kIsPlus, decoded.data());
    if (!size) return not_found_error();
    decoded.resize(*size);
    return context.file(directory, decoded);
  };
}

}  // namespace duel::echo

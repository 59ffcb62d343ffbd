#include "router/beego/flash.h"

#include "router/beego/app.h"
#include "router/beego/context.h"
#include "router/beego/values/text.h"

namespace duel::beego {

Flash Flash::read(Context& context) {
  Flash flash;
  const AppOptions& options = context.app().options();
  const std::string separator = "#" + options.flash_separator + "#";
  const std::string_view cookie = context.input.cookie(options.flash_name);
  std::string text;
  if (cookie.data() != nullptr) {
    if (!values::percent_decode(cookie, http::grammar::Plus::kIsSpace, text)) text.clear();
    context.output.replace_cookie(options.flash_name, "", {.max_age_s = -1});
  }
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = rest.find('\0');
    const std::string_view entry = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const size_t at = entry.find(separator);
    if (at == std::string_view::npos || entry.find(separator, at + separator.size()) != std::string_view::npos)
      continue;
    flash.set(entry.substr(0, at), entry.substr(at + separator.size()));
  }
  context.input.set_data("flash", flash.messages_);
  return flash;
}

void Flash::store(Context& context) const {
  const AppOptions& options = context.app().options();
  std::string text;
  for (const auto& [key, message] : messages_) {
    text.append(1, '\0').append(key).append("#").append(options.flash_separator).append("#").append(message);
    text.push_back('\0');
  }
  context.input.set_data("flash", messages_);
  context.output.replace_cookie(options.flash_name, values::percent_encode(text, http::grammar::kQueryEncoding));
}

}  // namespace duel::beego

#include "router/beego/error_pages.h"

#include <charconv>
#include <utility>

#include "router/beego/error_page_texts.h"

namespace duel::beego {
namespace {

int status_of(std::string_view code, const Context& context) {
  int status = 0;
  const auto read = std::from_chars(code.data(), code.data() + code.size(), status);
  if (read.ec == std::errc() && read.ptr == code.data() + code.size()) return status;
  return context.output.chosen_status() == 0 ? 503 : context.output.chosen_status();
}

// The type that the handler has chosen stays, and a page after other bytes has none, as in Beego.
HandlerFunction default_page(std::string text) {
  return [text = std::move(text)](Context& context) {
    if (!context.output.began_by_writing() && context.output.response().get("Content-Type").empty()) {
      context.output.header("Content-Type", "text/html; charset=utf-8");
    }
    context.output.write(text);
  };
}

}  // namespace

ErrorPages::ErrorPages() {
  for (auto& [code, text] : default_error_pages()) set(code, default_page(std::move(text)));
}

void ErrorPages::set(std::string_view code, HandlerFunction page) {
  pages_.insert_or_assign(std::string(code), Page{.run = std::move(page), .writes_status = false});
}

void ErrorPages::set_controller(std::string_view code, HandlerFunction page) {
  pages_.insert_or_assign(std::string(code), Page{.run = std::move(page), .writes_status = true});
}

void ErrorPages::show(std::string_view code, Context& context) const {
  for (const std::string_view candidate : {code, std::string_view("503"), std::string_view("500")}) {
    const auto page = pages_.find(candidate);
    if (page == pages_.end()) continue;
    const int status = status_of(candidate, context);
    if (page->second.writes_status) {
      context.output.set_status(status);
    } else {
      context.output.write_header(status);
    }
    page->second.run(context);
    return;
  }
  context.output.write_header(status_of(code, context));
  context.output.write(code);
}

}  // namespace duel::beego

// For the Beego style's engine: App registers the pages.
#pragma once

#include <string>
#include <string_view>

#include "router/beego/route.h"
#include "router/beego/values/text_map.h"

namespace duel::beego {

// The error pages by code. An application may replace them and add codes of its own.
class ErrorPages {
 public:
  // Has a short HTML page for each of 401 402 403 404 405 413 417 422 500 501 502 503 504.
  ErrorPages();

  // The status is written before `page` runs.
  void set(std::string_view code, HandlerFunction page);
  // The status is chosen but not written before `page` runs, so a controller's page can change it.
  void set_controller(std::string_view code, HandlerFunction page);
  bool has(std::string_view code) const { return pages_.contains(code); }
  // Whether the page comes from set_controller(), so that it may change the status.
  bool is_controller(std::string_view code) const {
    const auto page = pages_.find(code);
    return page != pages_.end() && page->second.writes_status;
  }

  // Runs the page of `code`. Without such a page: the page of 503, then of 500, with their status. Without these pages:
  // sends the code as text. The status of a code that is not a number is the chosen status, or 503.
  void show(std::string_view code, Context& context) const;

 private:
  struct Page {
    HandlerFunction run;
    bool writes_status;
  };
  values::TextMap<Page> pages_;
};

}  // namespace duel::beego

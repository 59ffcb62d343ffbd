#pragma once

#include <string>
#include <string_view>

#include "router/beego/route.h"
#include "router/beego/values/text_map.h"

namespace duel::beego {

// The pages that answer errors, by code; an application may replace them and add its own keys.
class ErrorPages {
 public:
  // A short page each for 401 402 403 404 405 413 417 422 500 501 502 503 504.
  ErrorPages();

  void set(std::string_view code, HandlerFunction page);
  // A page that writes its status itself: it is chosen and not yet written when the page begins.
  void set_controller(std::string_view code, HandlerFunction page);
  bool has(std::string_view code) const { return pages_.contains(code); }

  // Answers with the page of `code`; without one with that of 503, then 500, and their status; without these with the
  // code as text.
  void show(std::string_view code, Context& context) const;

 private:
  struct Page {
    HandlerFunction run;
    bool writes_status;
  };
  values::TextMap<Page> pages_;
};

}  // namespace duel::beego

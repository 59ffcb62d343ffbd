// For the Beego style's engine and error pages.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::beego {

// The codes for which Beego has a page, each with its page. Beego's pages have texts of its own, which name it and its
// version.
std::vector<std::pair<std::string, std::string>> default_error_pages();

// What the page about an exception shows. All of it is escaped.
struct ExceptionPage {
  std::string_view app_name;
  std::string_view what;
  std::string_view method;
  std::string_view url;
  std::string_view address;  // of the client
};

// The page about an exception, for the developer. It has no stack: a C++ exception has none.
std::string exception_page_text(const ExceptionPage& shown);

}  // namespace duel::beego

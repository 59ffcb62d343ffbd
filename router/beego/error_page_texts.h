// For the Beego style's engine and error pages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace duel::beego {

// The codes for which Beego has a page.
std::span<const int> codes_of_error_pages();

// The page of one of these codes. Beego has pages for the same codes, with texts of its own that name it and its
// version.
std::string error_page_text(int code);

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

// For the Beego style's engine and error pages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace duel::beego {

// The codes that have a page of Beego's.
std::span<const int> codes_of_error_pages();

// Beego's page of one of these codes. Its last line names Beego and this version; without a version there is no such
// line.
std::string error_page_text(int code, std::string_view version);

// What the page about an exception shows. All of it is escaped.
struct ExceptionPage {
  std::string_view app_name;
  std::string_view what;
  std::string_view method;
  std::string_view url;
  std::string_view address;  // of the client
};

// Beego's page about an exception, without the stack: a C++ exception has none. `version` as above.
std::string exception_page_text(const ExceptionPage& shown, std::string_view version);

}  // namespace duel::beego

// For applications in the Beego style: the choice of a template; the rest is for Context and Controller.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace duel::beego {

// The template that Controller::render() shows.
struct View {
  std::string tpl_name;    // if empty, controller and action in lower case, such as "usercontroller/show.tpl"
  std::string tpl_prefix;  // put before tpl_name
  std::string tpl_ext = "tpl";
  std::string layout;  // a template that shows the page at {{{LayoutContent}}}; if empty, none
  std::map<std::string, std::string> layout_sections;  // variable -> template; an empty template gives empty text
  std::string view_path;                               // if empty, AppOptions::views_path
  bool enable_render = true;
};

// The parts of a Context that few requests need. They are made at the first use, so that other requests do not pay for
// them.
struct LazyParts {
  View view;
  std::string xsrf_token;  // empty before Context::xsrf_token()
  bool enable_xsrf = true;
  int64_t xsrf_expire_s = 0;                                          // 0: AppOptions::xsrf_expire_s
  std::map<std::string, std::function<void()>, std::less<>> mapping;  // see Controller::mapping()
};

}  // namespace duel::beego

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace duel::beego {

// Which page answers, as a controller has chosen it.
struct View {
  std::string tpl_name;    // empty: the controller's and the action's name in lower case, "user/show.tpl"
  std::string tpl_prefix;  // put before it
  std::string tpl_ext = "tpl";
  std::string layout;                                  // empty: none; shows the page where it says {{{LayoutContent}}}
  std::map<std::string, std::string> layout_sections;  // variable -> template whose page it becomes; empty: no text
  std::string view_path;                               // empty: AppOptions::views_path
  bool enable_render = true;
};

// What only some requests need of their context, made when it is first asked for: the others pay nothing for it.
struct LazyParts {
  View view;
  std::string xsrf_token;  // empty: not known yet
  bool enable_xsrf = true;
  int64_t xsrf_expire_s = 0;                                          // 0: AppOptions::xsrf_expire_s
  std::map<std::string, std::function<void()>, std::less<>> mapping;  // see Controller::mapping()
};

}  // namespace duel::beego

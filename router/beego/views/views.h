// For App and Controller::render(): templates.
#pragma once

#include <string>
#include <string_view>

#include "router/beego/values/data.h"
#include "router/templates/template_set.h"

namespace duel::beego::views {

using ViewError = templates::TemplateError;

// The templates of one folder, read once. router/templates/template_set.h describes their language.
//
// Const after construction; any thread may call render().
class Views {
 public:
  // Reads every *.tpl, *.html and *.mustache file below the folder. The name of a template is its path from there, such
  // as "user/show.tpl". Throws ViewError if the folder or a file cannot be read. A broken template does not throw here;
  // render() throws its error.
  explicit Views(const std::string& folder);

  // Throws ViewError. A value of a type that formats::to_json() does not know counts as missing. `true` and `false`
  // turn sections on and off and are not shown as text.
  std::string render(std::string_view name, const values::Data& data) const;

  size_t size() const { return set_.templates().size(); }  // the number of templates

 private:
  std::string folder_;
  templates::TemplateSet set_;
};

}  // namespace duel::beego::views

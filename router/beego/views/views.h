// For App and Controller::render(): templates.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "router/beego/values/data.h"

namespace duel::beego::views {

// A template that is missing or cannot be parsed, or a folder of templates that cannot be read.
class ViewError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The templates of one folder, read once. Their language is Mustache: {{name}} with < > & " ' escaped, {{{name}}}
// without escaping, {{#list}}...{{/list}}, {{^none}}...{{/none}}, {{! comment }}, and {{> other.tpl}}, which is
// replaced when the templates are read. A missing variable is empty text. Other delimiters ({{=) are refused.
//
// Const after construction; any thread may call render().
class Views {
 public:
  // Reads every *.tpl, *.html and *.mustache file below the folder. The name of a template is its path from there, such
  // as "user/show.tpl". Throws ViewError if the folder or a file cannot be read. A broken template does not throw here;
  // render() throws its error.
  explicit Views(const std::string& folder);
  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  // Throws ViewError. A value of a type that formats::to_json() does not know counts as missing. `true` and `false`
  // turn sections on and off and are not shown as text.
  std::string render(std::string_view name, const values::Data& data) const;

  size_t size() const;  // the number of templates

 private:
  struct Table;
  std::string folder_;
  std::unique_ptr<Table> table_;
};

}  // namespace duel::beego::views

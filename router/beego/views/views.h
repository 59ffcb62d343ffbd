#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "router/beego/values/data.h"

namespace duel::beego::views {

// A template that is not there, cannot be parsed, or a folder of templates that cannot be read.
class ViewError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The templates of one folder, read once. Their language is Mustache: {{name}} with < > & " ' escaped, {{{name}}} as it
// is, {{#list}}...{{/list}}, {{^none}}...{{/none}}, {{! remark }} and {{> other.tpl}}, which is put in its place when
// the templates are read. A variable that is missing is nothing. Other delimiters ({{=) are refused.
//
// Const after loading; any thread may render.
class Views {
 public:
  // Reads every *.tpl, *.html and *.mustache beneath the folder; names are paths from there, as "user/show.tpl". Throws
  // ViewError if the folder cannot be read. A file that is no template is kept with its error, which render() throws.
  explicit Views(const std::string& folder);
  ~Views();
  Views(const Views&) = delete;
  Views& operator=(const Views&) = delete;

  // Throws ViewError. Values that to_json() would not know are missing variables. `true` and `false` decide sections
  // and are no text.
  std::string render(std::string_view name, const values::Data& data) const;

  size_t size() const;

 private:
  struct Table;
  std::string folder_;
  std::unique_ptr<Table> table_;
};

}  // namespace duel::beego::views

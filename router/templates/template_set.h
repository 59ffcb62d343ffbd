// For the router styles: templates in the language Mustache.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "alloc/same_build.h"

namespace kainjow::mustache {
template <typename String>
class basic_data;
template <typename String>
class basic_mustache;
}  // namespace kainjow::mustache

namespace duel::templates {

// A template that is missing or cannot be parsed, or a file that cannot be read.
class TemplateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The values that a template shows: objects, lists, texts, and what turns sections on and off. Who makes them includes
// kainjow/mustache.hpp.
using Data = kainjow::mustache::basic_data<std::string>;

// The marks around a tag. They have no blanks and no '='.
struct Delimiters {
  std::string_view left = "{{";
  std::string_view right = "}}";
};

// Texts of templates by name.
using Sources = std::map<std::string, std::string, std::less<>>;

std::string read_file(const std::filesystem::path& path);  // throws TemplateError

class Template {
 public:
  // Parses the template `name` of `sources`.
  Template(std::string_view name, const Sources& sources, const Delimiters& delimiters);
  ~Template();
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

  // Why the template cannot be rendered; empty if it can.
  const std::string& error() const { return error_; }
  // Any thread may call it.
  std::string render(const Data& data) const;

 private:
  std::unique_ptr<kainjow::mustache::basic_mustache<std::string>> parsed_;
  std::string error_;
};

// Templates that may include each other. Their language is Mustache: {{name}} with < > & " ' escaped, {{{name}}}
// without escaping, {{#list}}...{{/list}}, {{^none}}...{{/none}}, {{! comment }}, and {{> other}}, which is replaced
// when the templates are parsed. A missing variable is empty text. A template cannot change the delimiters ({{=).
//
// Const after construction.
class TemplateSet {
 public:
  explicit TemplateSet(const Sources& sources, const Delimiters& delimiters = {});

  const Template* find(std::string_view name) const;  // null if there is none
  const std::map<std::string, Template, std::less<>>& templates() const { return templates_; }

 private:
  std::map<std::string, Template, std::less<>> templates_;
};

}  // namespace duel::templates

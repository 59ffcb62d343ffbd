// For applications in the Gin style: pages of HTML. Gin's LoadHTMLGlob, LoadHTMLFiles and SetHTMLTemplate.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "router/templates/template_set.h"

namespace duel::gin {

using templates::Delimiters;
using templates::TemplateError;

class Page;

// The templates of an application, in a variable with static storage. main() loads them before the server starts:
//
//   gin::Templates views;
//   gin::Page user_page(views, "user.html");
//   void user(gin::Context& c) { c.html(200, user_page, gin::H{{"name", c.param("id")}}); }
//   int main() { views.load_glob("views/*.html"); ... }
//
// router/templates/template_set.h describes the language. A template has the name of its file without the folder, as in
// Gin. Each function replaces all templates. It throws TemplateError, whose text is one sentence, if a file cannot be
// read, two files have one name, a template is broken, or the template of a Page is missing.
class Templates {
 public:
  constexpr Templates() = default;
  constexpr explicit Templates(Delimiters delimiters) : delimiters_(delimiters) {}  // Gin's Delims
  Templates(const Templates&) = delete;
  Templates& operator=(const Templates&) = delete;

  // The files that match a pattern of glob(7), at least one.
  void load_glob(const std::string& pattern);
  void load_files(std::span<const std::string> paths);
  // Texts that the program has.
  void load(const templates::Sources& sources);

 private:
  friend class Page;
  Delimiters delimiters_;
  Page* pages_ = nullptr;  // all that refer to these templates
  std::unique_ptr<templates::TemplateSet> set_;
};

// One template, for Context::html(). In a variable with static storage, so that a template that is missing is found
// when the templates are loaded, not when a client asks for the page.
class Page {
 public:
  // `name` must live as long as the page: a literal.
  Page(Templates& templates, std::string_view name) : name_(name), next_(templates.pages_) { templates.pages_ = this; }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

 private:
  friend class Templates;
  friend class Context;
  std::string_view name_;
  Page* next_;
  const templates::Template* found_ = nullptr;
};

}  // namespace duel::gin

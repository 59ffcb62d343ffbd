#include "router/gin/templates.h"

#include <glob.h>

#include <filesystem>
#include <kainjow/mustache.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "router/gin/context.h"
#include "router/gin/json/scan.h"

namespace duel::gin {
namespace {

namespace mustache = kainjow::mustache;

std::string decoded(std::string_view text) {
  std::string to(text.size(), '\0');
  to.resize(static_cast<size_t>(json::write_decoded(text, to.data()) - to.data()));
  return to;
}

// The values of compact JSON. Empty text, false and null turn a section off, and show nothing.
mustache::data view_of(std::string_view value) {
  using Type = mustache::data::type;
  switch (value.front()) {
    case '{': {
      mustache::data object(Type::object);
      json::each_pair(
          value, [&](std::string_view name, std::string_view member) { object.set(decoded(name), view_of(member)); });
      return object;
    }
    case '[': {
      mustache::data list(Type::list);
      json::each_value(value, [&](std::string_view element) { list.push_back(view_of(element)); });
      return list;
    }
    case '"':
      return value == "\"\"" ? mustache::data(Type::bool_false) : mustache::data(decoded(value));
    case 't':
      return {Type::bool_true};
    case 'f':
    case 'n':
      return {Type::bool_false};
    default:
      return {std::string(value)};
  }
}

}  // namespace

void Templates::load_glob(const std::string& pattern) {
  glob_t found{};
  const int failure = ::glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::erase_if(paths, [](const std::string& path) {
    std::error_code ignored;  // load_files() says that it cannot be read
    return std::filesystem::is_directory(path, ignored);
  });
  if (failure != 0 || paths.empty()) {
    throw TemplateError("no file matches " + pattern + "; give the pattern of the templates, relative to " +
                        std::filesystem::current_path().string());
  }
  load_files(paths);
}

void Templates::load_files(std::span<const std::string> paths) {
  templates::Sources sources;
  for (const std::string& path : paths) {
    const auto [at, is_new] =
        sources.emplace(std::filesystem::path(path).filename().string(), templates::read_file(path));
    if (!is_new) throw TemplateError("two templates have the name " + at->first + "; rename " + path);
  }
  load(sources);
}

void Templates::load(const templates::Sources& sources) {
  auto set = std::make_unique<templates::TemplateSet>(sources, delimiters_);
  for (const auto& [name, parsed] : set->templates()) {
    if (!parsed.error().empty()) throw TemplateError("the template " + name + " is broken: " + parsed.error());
  }
  for (const Page* page = pages_; page != nullptr; page = page->next_) {
    if (set->find(page->name_) == nullptr)
      throw TemplateError("there is no template " + std::string(page->name_) +
                          ", which a gin::Page names; load its file");
  }
  for (Page* page = pages_; page != nullptr; page = page->next_) page->found_ = set->find(page->name_);
  set_ = std::move(set);
}

void Context::render(const Page& page, std::string_view json) {
  if (page.found_ == nullptr) {
    throw std::logic_error("the template " + std::string(page.name_) +
                           " is not loaded; call gin::Templates::load_glob() before the server starts");
  }
  buffer_.append(page.found_->render(view_of(json)));
}

}  // namespace duel::gin

#include "router/templates/template_set.h"

#include <fstream>
#include <iterator>
#include <kainjow/mustache.hpp>

#include "router/templates/partials.h"

namespace duel::templates {

std::string read_file(const std::filesystem::path& path) {
  std::error_code ignored;
  const bool is_file = std::filesystem::is_regular_file(path, ignored);
  std::ifstream file(path, std::ios::binary);
  if (!is_file || !file.is_open()) throw TemplateError("the template " + path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

Template::Template(std::string_view name, const Sources& sources, const Delimiters& delimiters) {
  try {
    parsed_ = std::make_unique<kainjow::mustache::mustache>(expand_partials(name, sources, delimiters));
    if (!parsed_->is_valid()) error_ = parsed_->error_message();
  } catch (const TemplateError& failure) {
    error_ = failure.what();
  }
}

Template::~Template() = default;

std::string Template::render(const Data& data) const {
  // The data has no lambdas and no partials, so render() does not change the parsed template: threads may share it.
  return parsed_->render(data);
}

TemplateSet::TemplateSet(const Sources& sources, const Delimiters& delimiters) {
  for (const auto& [name, text] : sources) templates_.try_emplace(name, name, sources, delimiters);
}

const Template* TemplateSet::find(std::string_view name) const {
  const auto found = templates_.find(name);
  return found == templates_.end() ? nullptr : &found->second;
}

}  // namespace duel::templates

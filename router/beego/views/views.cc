#include "router/beego/views/views.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <kainjow/mustache.hpp>
#include <sstream>

#include "router/beego/formats/format_error.h"
#include "router/beego/formats/scalar.h"
#include "router/beego/views/partials.h"

namespace duel::beego::views {
namespace {

namespace mustache = kainjow::mustache;
namespace fs = std::filesystem;

constexpr std::string_view kExtensions[] = {".tpl", ".html", ".mustache"};

std::string read_file(const fs::path& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw ViewError("the template " + path.string() + " cannot be read");
  return text.str();
}

values::TextMap<std::string> read_folder(const std::string& folder) {
  values::TextMap<std::string> sources;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() ||
          std::find(std::begin(kExtensions), std::end(kExtensions), extension) == std::end(kExtensions)) {
        continue;
      }
      sources.emplace(entry.path().lexically_relative(folder).generic_string(), read_file(entry.path()));
    }
  } catch (const fs::filesystem_error& failure) {
    throw ViewError("the folder of templates " + folder + " cannot be read: " + failure.code().message());
  }
  return sources;
}

mustache::data to_view(const std::any& value, int depth);

template <typename Entries>
mustache::data to_object(const Entries& entries, int depth) {
  mustache::data object(mustache::data::type::object);
  for (const auto& [name, value] : entries) object.set(name, to_view(value, depth + 1));
  return object;
}

template <typename Items>
mustache::data to_list(const Items& items, int depth) {
  mustache::data list(mustache::data::type::list);
  for (const auto& item : items) list.push_back(to_view(item, depth + 1));
  return list;
}

mustache::data to_view(const std::any& value, int depth) {
  if (depth > formats::kMaxNesting) throw ViewError("data nested deeper than 1000 levels");
  if (const auto* map = std::any_cast<values::Map>(&value)) return to_object(*map, depth);
  if (const auto* record = std::any_cast<values::Record>(&value)) return to_object(record->fields, depth);
  if (const auto* texts = std::any_cast<std::map<std::string, std::string>>(&value)) return to_object(*texts, depth);
  if (const auto* list = std::any_cast<values::List>(&value)) return to_list(*list, depth);
  if (const auto* lines = std::any_cast<std::vector<std::string>>(&value)) return to_list(*lines, depth);
  const formats::Scalar scalar = formats::read_scalar(value);
  switch (scalar.kind) {
    case formats::Scalar::Kind::kNone:
    case formats::Scalar::Kind::kNull:
      return {mustache::data::type::bool_false};
    case formats::Scalar::Kind::kTruth:
      return {scalar.text == "true" ? mustache::data::type::bool_true : mustache::data::type::bool_false};
    default:
      return {scalar.text};
  }
}

}  // namespace

struct Views::Table {
  struct Template {
    std::unique_ptr<mustache::mustache> mustache;  // null if the template is broken; see `error`
    std::string error;
  };
  values::TextMap<Template> templates;
};

Views::Views(const std::string& folder) : folder_(folder), table_(std::make_unique<Table>()) {
  const values::TextMap<std::string> sources = read_folder(folder);
  for (const auto& [name, source] : sources) {
    Table::Template parsed;
    try {
      parsed.mustache = std::make_unique<mustache::mustache>(expand_partials(name, sources));
      if (!parsed.mustache->is_valid()) {
        parsed.error = parsed.mustache->error_message();
        parsed.mustache.reset();
      }
    } catch (const ViewError& failure) {
      parsed.error = failure.what();
    }
    table_->templates.emplace(name, std::move(parsed));
  }
}

Views::~Views() = default;

std::string Views::render(std::string_view name, const values::Data& data) const {
  const auto found = table_->templates.find(name);
  const std::string where = folder_ + "/" + std::string(name);
  if (found == table_->templates.end()) throw ViewError("there is no template " + where);
  if (!found->second.mustache) throw ViewError("the template " + where + " is broken: " + found->second.error);
  // The data has no lambdas and no partials, so render() does not change the parsed template: threads may share it.
  return found->second.mustache->render(to_object(data, 0));
}

size_t Views::size() const {
  return table_->templates.size();
}

}  // namespace duel::beego::views

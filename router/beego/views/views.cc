#include "router/beego/views/views.h"

#include <algorithm>
#include <filesystem>
#include <kainjow/mustache.hpp>

#include "router/beego/formats/format_error.h"
#include "router/beego/formats/scalar.h"

namespace duel::beego::views {
namespace {

namespace mustache = kainjow::mustache;
namespace fs = std::filesystem;

constexpr std::string_view kExtensions[] = {".tpl", ".html", ".mustache"};

templates::Sources read_folder(const std::string& folder) {
  templates::Sources sources;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() ||
          std::find(std::begin(kExtensions), std::end(kExtensions), extension) == std::end(kExtensions)) {
        continue;
      }
      sources.emplace(entry.path().lexically_relative(folder).generic_string(), templates::read_file(entry.path()));
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

Views::Views(const std::string& folder) : folder_(folder), set_(read_folder(folder)) {}

std::string Views::render(std::string_view name, const values::Data& data) const {
  const templates::Template* const found = set_.find(name);
  const std::string where = folder_ + "/" + std::string(name);
  if (found == nullptr) throw ViewError("there is no template " + where);
  if (!found->error().empty()) throw ViewError("the template " + where + " is broken: " + found->error());
  return found->render(to_object(data, 0));
}

}  // namespace duel::beego::views

// For read_document.h: XML and YAML that a client sends, as a tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/documents/yaml.h"

namespace duel::beego::formats {

struct Document {
  enum class Kind { kScalar, kList, kObject, kElement };

  Kind kind = Kind::kScalar;
  std::string name{};              // of a member of an object, or of an element
  std::string text{};              // of a scalar as it is written, or of an element without that of its children
  documents::YamlScalar scalar{};  // of YAML; its own text is not valid
  std::vector<Document> children{};
};

// Nothing if the text is malformed, or breaks a limit of router/documents. An object of YAML has different names.
std::optional<Document> parse_xml(std::string_view text);
std::optional<Document> parse_yaml(std::string_view text);

}  // namespace duel::beego::formats

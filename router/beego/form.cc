#include "router/beego/form.h"

#include "router/beego/path.h"

namespace duel::beego {

bool Form::parse(std::string_view encoded) {
  bool valid = true;
  while (!encoded.empty()) {
    const size_t end = encoded.find('&');
    const std::string_view pair = encoded.substr(0, end);
    encoded = end == std::string_view::npos ? std::string_view() : encoded.substr(end + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    std::string name;
    std::string value;
    if (pair.find(';') != std::string_view::npos || !decode_query(pair.substr(0, equals), name) ||
        (equals != std::string_view::npos && !decode_query(pair.substr(equals + 1), value))) {
      valid = false;
      continue;
    }
    values_[name].push_back(std::move(value));
  }
  return valid;
}

std::string_view Form::get(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : std::string_view(found->second.front());
}

}  // namespace duel::beego

#include "router/beego/context/form.h"

#include "router/beego/values/text.h"

namespace duel::beego::context {

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
    if (pair.find(';') != std::string_view::npos ||
        !values::percent_decode(pair.substr(0, equals), http::grammar::Plus::kIsSpace, name) ||
        (equals != std::string_view::npos &&
         !values::percent_decode(pair.substr(equals + 1), http::grammar::Plus::kIsSpace, value))) {
      valid = false;
      continue;
    }
    values_[name].push_back(std::move(value));
  }
  return valid;
}

const char* Form::parse_multipart(std::string_view body, std::string_view content_type) {
  auto form = context::parse_multipart(body, content_type);
  if (*form.error != '\0') return form.error;
  for (auto& [name, value] : form.values) values_[name].push_back(std::move(value));
  files_ = std::move(form.files);
  content_types_ = std::move(form.content_types);
  return "";
}

std::string_view Form::get(std::string_view name) const {
  const auto* values = find(name);
  return values == nullptr ? std::string_view() : std::string_view(values->front());
}

const std::vector<std::string>* Form::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::vector<std::string> Form::names() const {
  std::vector<std::string> names;
  for (const auto& [name, values] : values_) names.push_back(name);
  return names;
}

}  // namespace duel::beego::context

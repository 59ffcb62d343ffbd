#include "router/beego/context/bind.h"

namespace duel::beego::context {

std::vector<ListKey> list_keys(const Form& form, std::string_view name) {
  const std::string prefix = std::string(name) + "[";
  std::vector<ListKey> keys;
  for (const std::string& key : form.names()) {
    if (!key.starts_with(prefix)) continue;
    ListKey one{.key = key, .index = {}, .all = form.find(key)};
    const size_t close = key.find(']', name.size());
    if (close != std::string::npos && close > prefix.size()) {
      const std::string_view number = std::string_view(key).substr(prefix.size(), close - prefix.size());
      const int64_t index = values::parse_number<int64_t>(number).value_or(0);  // as in Beego
      if (index >= static_cast<int64_t>(kMaxBoundElements)) continue;
      if (index >= 0) one.index = static_cast<size_t>(index);
      if (one.index) one.key.resize(close + 1);
    }
    keys.push_back(std::move(one));
  }
  return keys;
}

std::vector<std::pair<std::string, std::string>> map_entries(const Form& form, std::string_view name) {
  const std::string prefix = std::string(name) + "[";
  std::vector<std::pair<std::string, std::string>> entries;
  for (const std::string& key : form.names()) {
    if (!key.starts_with(prefix) || !key.ends_with(']')) continue;
    entries.emplace_back(key.substr(prefix.size(), key.size() - prefix.size() - 1), form.get(key));
  }
  return entries;
}

}  // namespace duel::beego::context

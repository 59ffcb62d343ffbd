#include "servers/config/suggestion.h"

#include <algorithm>

#include "servers/config/ini.h"

namespace duel::servers::config {
namespace {

// The Levenshtein distance: how many letters must be inserted, removed or changed.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string suggestion(std::string_view name, const std::vector<std::string>& names) {
  constexpr size_t kLongest = 64;  // because the time grows with the product of both lengths
  if (name.size() > kLongest) return {};
  const std::string lower = to_lower_ascii(name);
  size_t nearest = std::max<size_t>(2, name.size() / 3) + 1;
  std::string similar;
  for (const std::string& known : names) {
    const size_t far = distance(lower, to_lower_ascii(known));
    if (far >= nearest) continue;
    nearest = far;
    similar = known;
  }
  return similar.empty() ? "" : " (did you mean " + similar + "?)";
}

}  // namespace duel::servers::config

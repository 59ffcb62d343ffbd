#include "router/gin/accept.h"

#include <algorithm>
#include <charconv>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::gin {
namespace {

using http::grammar::equal_fold_ascii;
using http::grammar::trim;

// The weight among the parameters of a range, in thousandths (RFC 9110 §12.4.2); 1000 if there is none or it is
// malformed.
int weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    parameters.remove_prefix(1);  // the semicolon
    const std::string_view parameter = trim(parameters.substr(0, parameters.find(';')));
    parameters.remove_prefix(std::min(parameters.find(';'), parameters.size()));
    if (parameter.size() < 3 || !equal_fold_ascii(parameter.substr(0, 2), "q=")) continue;
    double weight = 1;
    const char* const end = parameter.data() + parameter.size();
    const auto read = std::from_chars(parameter.data() + 2, end, weight, std::chars_format::fixed);
    if (read.ec != std::errc() || read.ptr != end || weight < 0 || weight > 1) return 1000;
    return static_cast<int>(weight * 1000);
  }
  return 1000;
}

// How exactly the range names the type: 3 the same, 2 the same subtypes' family, 1 everything, 0 not at all.
int exactness(std::string_view range, std::string_view type) {
  if (equal_fold_ascii(range, type)) return 3;
  if (range == "*/*" || type == "*/*") return 1;
  const std::string_view family = range.substr(0, range.find('/') + 1);
  if (family.empty() || !equal_fold_ascii(family, type.substr(0, family.size()))) return 0;
  return range.substr(family.size()) == "*" || type.substr(family.size()) == "*" ? 2 : 0;
}

struct Preference {
  int exactness = 0;
  int weight = 0;
  int position = 0;  // in the Accept fields

  bool better_than(const Preference& other) const {
    return weight != other.weight ? weight > other.weight : position < other.position;
  }
};

// Calls visit(range, parameters) for each element of the Accept fields.
template <class Visit>
void each_range(const http::FieldList& fields, Visit visit) {
  for (const http::Field field : fields) {
    if (!equal_fold_ascii(field.name, "Accept")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::string_view element = trim(rest.substr(0, rest.find(',')));
      rest.remove_prefix(std::min(rest.find(','), rest.size() - 1) + 1);
      const std::string_view range = trim(element.substr(0, element.find(';')));
      if (!element.empty()) visit(range, element.substr(std::min(element.find(';'), element.size())));
    }
  }
}

}  // namespace

std::string_view preferred_type(const http::FieldList& fields, std::span<const std::string_view> offers) {
  Preference best;
  std::string_view found;
  bool asked = false;
  for (const std::string_view offer : offers) {
    Preference here;
    int position = 0;
    each_range(fields, [&](std::string_view range, std::string_view parameters) {
      asked = true;
      ++position;
      const int match = exactness(range, offer);
      if (match > here.exactness) here = {match, weight_of(parameters), position};
    });
    if (here.exactness > 0 && here.weight > 0 && (found.empty() || here.better_than(best))) {
      best = here;
      found = offer;
    }
  }
  if (!asked && !offers.empty()) return offers.front();
  return found;
}

}  // namespace duel::gin

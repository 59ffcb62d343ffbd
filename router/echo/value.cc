#include "router/echo/value.h"

#include <algorithm>
#include <cmath>

#include "http/grammar/json_text.h"

namespace duel::echo {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

void write_text(std::string_view text, std::string& to) {
  http::grammar::write_json_text(text, http::grammar::JsonHtml::kEscaped, [&](std::string_view piece) { to += piece; });
}

// JSON has no infinite numbers; they become null.
std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[http::grammar::kJsonNumberBytes];
  return {text, http::grammar::write_json_number(value, text)};
}

using Member = std::pair<std::string, Value>;

// Calls `visit` for each member in the order of the names.
template <class Visit>
void for_each_by_name(const Value::Map& map, Visit visit) {
  const auto is_before = [](const Member& a, const Member& b) { return a.first < b.first; };
  if (std::is_sorted(map.begin(), map.end(), is_before)) {
    std::for_each(map.begin(), map.end(), visit);
    return;
  }
  std::vector<const Member*> members;
  for (const Member& member : map) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(), [&](const Member* a, const Member* b) { return is_before(*a, *b); });
  for (const Member* member : members) visit(*member);
}

void write_json_list(const Value::List& list, std::string& to) {
  to += '[';
  for (const Value& item : list) {
    if (&item != list.data()) to += ',';
    item.write_json(to);
  }
  to += ']';
}

void write_json_map(const Value::Map& map, std::string& to) {
  const size_t begin = to.size();
  to += '{';
  for_each_by_name(map, [&](const Member& member) {
    if (to.size() > begin + 1) to += ',';
    write_text(member.first, to);
    to += ':';
    member.second.write_json(to);
  });
  to += '}';
}

std::string go_text_of_list(const Value::List& list) {
  std::string text;
  for (const Value& item : list) text += (&item == list.data() ? "" : " ") + item.go_text();
  return "[" + text + "]";
}

std::string go_text_of_map(const Value::Map& map) {
  std::string text;
  for_each_by_name(map, [&](const Member& member) {
    text += (text.empty() ? "" : " ") + member.first + ":" + member.second.go_text();
  });
  return "map[" + text + "]";
}

}  // namespace

void Value::write_json(std::string& to) const {
  std::visit(Overloaded{[&](std::monostate) { to += "null"; }, [&](bool value) { to += value ? "true" : "false"; },
                        [&](int64_t value) { to += std::to_string(value); }, [&](double value) { to += number(value); },
                        [&](const std::string& value) { write_text(value, to); },
                        [&](const List& list) { write_json_list(list, to); },
                        [&](const Map& map) { write_json_map(map, to); }},
             value_);
}

std::string Value::go_text() const {
  return std::visit(
      Overloaded{[](std::monostate) { return std::string("<nil>"); },
                 [](bool value) { return std::string(value ? "true" : "false"); },
                 [](int64_t value) { return std::to_string(value); }, [](double value) { return number(value); },
                 [](const std::string& value) { return value; }, [](const List& list) { return go_text_of_list(list); },
                 [](const Map& map) { return go_text_of_map(map); }},
      value_);
}

}  // namespace duel::echo

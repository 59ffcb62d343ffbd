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

std::vector<const std::pair<std::string, Value>*> sorted(const Value::Map& map) {
  std::vector<const std::pair<std::string, Value>*> members;
  for (const auto& member : map) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  return members;
}

}  // namespace

void Value::write_json(std::string& to) const {
  std::visit(Overloaded{[&](std::monostate) { to += "null"; }, [&](bool value) { to += value ? "true" : "false"; },
                        [&](int64_t value) { to += std::to_string(value); }, [&](double value) { to += number(value); },
                        [&](const std::string& value) { write_text(value, to); },
                        [&](const List& list) {
                          to += '[';
                          for (const Value& item : list) {
                            if (&item != list.data()) to += ',';
                            item.write_json(to);
                          }
                          to += ']';
                        },
                        [&](const Map& map) {
                          to += '{';
                          bool begun = false;
                          for (const auto* member : sorted(map)) {
                            if (begun) to += ',';
                            begun = true;
                            write_text(member->first, to);
                            to += ':';
                            member->second.write_json(to);
                          }
                          to += '}';
                        }},
             value_);
}

std::string Value::go_text() const {
  return std::visit(
      Overloaded{[](std::monostate) { return std::string("<nil>"); },
                 [](bool value) { return std::string(value ? "true" : "false"); },
                 [](int64_t value) { return std::to_string(value); }, [](double value) { return number(value); },
                 [](const std::string& value) { return value; },
                 [](const List& list) {
                   std::string text = "[";
                   for (const Value& item : list) text += (&item == list.data() ? "" : " ") + item.go_text();
                   return text + "]";
                 },
                 [](const Map& map) {
                   std::string text = "map[";
                   for (const auto* member : sorted(map)) {
                     text += (text.size() > 4 ? " " : "") + member->first + ":" + member->second.go_text();
                   }
                   return text + "]";
                 }},
      value_);
}

}  // namespace duel::echo

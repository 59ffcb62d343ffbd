// For Input::bind() and Input::fill(): variables and structs from the values of a form.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "router/beego/context/form.h"
#include "router/beego/values/convert.h"
#include "router/beego/values/fields.h"

namespace duel::beego::context {

// A client chooses the index in "list[5]=x", so a list is not made longer than this. Larger indices are ignored.
inline constexpr size_t kMaxBoundElements = 1000;

// One element of a list in a form: "list[3]" or, without a number, "list[]".
struct ListKey {
  std::string key;              // the whole name of the value
  std::optional<size_t> index;  // empty: the values are appended
  const std::vector<std::string>* all;
};
// The values whose names begin with `name` and "[", in the order of the names.
std::vector<ListKey> list_keys(const Form& form, std::string_view name);

// "key" of the names "name[key]", with the first value of each.
std::vector<std::pair<std::string, std::string>> map_entries(const Form& form, std::string_view name);

// As in Beego, a value that is missing or malformed is zero.
template <typename T>
void bind_scalar(std::string_view text, T& to) {
  to = T{};
  if constexpr (std::is_same_v<T, bool>) {
    const std::string_view word = http::grammar::trim(text);
    for (const std::string_view yes : {"true", "on", "1"}) to = to || http::grammar::equal_fold_ascii(word, yes);
  } else if (!text.empty()) {
    values::convert(text, to);
  }
}

template <typename T, typename Find>
void bind_value(const Form& form, std::string_view name, T& to, Find find) {
  if constexpr (values::IsVector<T>::value) {
    // Lists of lists would search the form again for each element: a client could make that quadratic.
    using Element = typename T::value_type;
    static_assert(values::IsScalar<Element>::value || values::Described<Element>);
    to = T();
    T appended;
    for (const ListKey& one : list_keys(form, name)) {
      if (one.index) {
        to.resize(std::max(to.size(), *one.index + 1));
        Element element{};
        bind_value(form, one.key, element, find);
        to[*one.index] = std::move(element);
      } else if constexpr (values::IsScalar<Element>::value) {
        for (const std::string& text : *one.all) {
          if (appended.size() == kMaxBoundElements) break;
          Element element{};
          bind_scalar(text, element);
          appended.push_back(std::move(element));
        }
      }
    }
    to.insert(to.end(), appended.begin(), appended.end());
  } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
    to.clear();
    for (auto& [key, value] : map_entries(form, name)) to.emplace(std::move(key), std::move(value));
  } else if constexpr (values::Described<T>) {
    to = T();
    values::each_field(to, [&](std::string_view field, auto& member) {
      const std::string owner(name);
      const auto* with_dot = form.find(owner + "." + std::string(field));
      const auto* found = with_dot != nullptr ? with_dot : form.find(owner + "[" + std::string(field) + "]");
      if constexpr (values::IsScalar<std::remove_reference_t<decltype(member)>>::value) {
        if (found != nullptr) bind_scalar(found->front(), member);
      }
      return true;
    });
  } else {
    bind_scalar(find(name), to);
  }
}

// False if a value is malformed.
template <typename T>
bool fill_member(const std::vector<std::string>& texts, T& to) {
  if constexpr (values::IsOptional<T>::value) {
    return fill_member(texts, to.emplace());
  } else if constexpr (values::IsVector<T>::value) {
    T elements(texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
      if (!values::convert(texts[i], elements[i])) return false;
    }
    to = std::move(elements);
    return true;
  } else {
    // As in Beego, several values are none of them.
    return values::convert(texts.size() == 1 ? std::string_view(texts.front()) : std::string_view(), to);
  }
}

// Reads each described member from the form (Beego's ParseForm). A member without a value, or with one empty value,
// stays. The members of a described member belong to the form, too. Returns the name of the first malformed value; the
// members before it are set.
template <values::Described Struct>
std::string_view fill_from_form(const Form& form, Struct& to) {
  std::string_view malformed;
  values::each_field(to, [&](std::string_view name, auto& member) {
    using Member = std::remove_reference_t<decltype(member)>;
    if constexpr (values::Described<Member>) {
      malformed = fill_from_form(form, member);
      return malformed.empty();
    } else {
      const std::vector<std::string>* const texts = form.find(name);
      if (texts == nullptr || (texts->size() == 1 && texts->front().empty())) return true;
      if (!fill_member(*texts, member)) malformed = name;
      return malformed.empty();
    }
  });
  return malformed;
}

}  // namespace duel::beego::context

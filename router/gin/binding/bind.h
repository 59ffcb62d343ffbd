#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "router/gin/binding/convert.h"
#include "router/gin/binding/document_value.h"
#include "router/gin/binding/json_document.h"
#include "router/gin/binding/read_document.h"
#include "router/gin/binding/values.h"
#include "router/gin/binding/xml_document.h"
#include "router/gin/binding/yaml_document.h"
#include "router/gin/json/json.h"
#include "router/gin/memory/arena.h"

// For handlers, through Context::bind() and its siblings: fills a struct from a body of JSON, XML or YAML, or from the
// values of a query, form, path or header. The struct lists its members in json_fields (json/fields.h). A member may be
// a bool, a number, a std::string_view (a view of the request's memory), a std::string, a time, a duration, another
// such struct, a std::optional or a std::unique_ptr of these, a std::map from std::string to these, or a list:
// std::span<const T> (in the request's memory), std::vector<T> or std::array<T, N>.
//
// As in Gin, a missing field leaves its member unchanged, and a `required` field must be there and must not be zero: a
// number of 0, false and empty text count as missing; a std::optional or a list may hold zero. In JSON, null counts as
// missing, names are compared without regard to letter case, and unknown members are ignored. Unlike in Gin, nothing
// may follow the JSON value.
//
// As in Go's encoding/xml, the name of the outermost element means nothing, an element has the name of its field, a
// gin::attribute field is an attribute, several elements of one name are a list, and blanks around numbers are ignored.
// As in Go's yaml.v3, the names of fields are in lower case, text may be an unquoted number, and a duration is a text
// such as "1h30m".
namespace duel::gin::binding {

namespace internal {

// A source has the functions find(name) and all(name), like Values.

template <json::Described Struct, class Source>
BindResult bind_members(Struct& to, const Source& from, memory::Arena& arena);

// Fills a list from its texts. Returns the problem, or nothing; sets `at` to the element.
template <HoldsList T>
std::string_view parse_list(std::span<const std::string_view> texts, T& to, std::string_view layout, size_t& at,
                            memory::Arena& arena) {
  const auto parse_each = [&](auto element) {
    std::string_view problem;
    for (at = 0; at < texts.size() && problem.empty(); ++at) problem = parse_text(texts[at], element(at), layout);
    --at;
    return problem;
  };
  if constexpr (View<T>) {
    const auto elements = arena.make<typename T::value_type>(texts.size());
    to = elements;
    return parse_each([&](size_t i) -> auto& { return elements[i]; });
  } else if constexpr (Array<T>) {
    at = ~size_t{0};
    if (texts.size() != to.size()) return kWrongLength;
    return parse_each([&](size_t i) -> auto& { return to[i]; });
  } else {
    to.clear();
    return parse_each([&](size_t) -> auto& { return to.emplace_back(); });
  }
}

// Maps, lists of structs, and structs that another struct owns (they may hold each other without end).
template <class T>
inline constexpr bool kOnlyFromDocument = [] {
  if constexpr (TextMap<T>) {
    return true;
  } else if constexpr (HoldsList<T>) {
    return json::Described<typename T::value_type>;
  } else if constexpr (Owner<T>) {
    return json::Described<typename T::element_type>;
  } else {
    return false;
  }
}();

template <class T>
inline constexpr bool kHoldsListOrStruct = false;
template <Empties T>
inline constexpr bool kHoldsListOrStruct<T> = HoldsList<std::remove_cvref_t<decltype(*std::declval<T&>())>> ||
                                              json::Described<std::remove_cvref_t<decltype(*std::declval<T&>())>>;

// Whether the source has a value for a member of the struct.
template <json::Described Struct, class Source>
bool has_any(const Source& from) {
  const auto has = [&](const auto& field) {
    if constexpr (json::kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      return true;
    } else {
      return from.find(field.name).has_value();
    }
  };
  return std::apply([&](const auto&... field) { return (has(field) || ...); }, Struct::json_fields);
}

template <class T, class Field, class Source>
BindResult bind_value(T& to, const Field& field, const Source& from, memory::Arena& arena) {
  const auto fail = [&](std::string_view problem, size_t index = ~size_t{0}) -> BindResult {
    if (problem.empty()) return {};
    const Place place{.name = field.name};
    return bind_error(index == ~size_t{0} ? place : Place{.outer = &place, .index = index}, problem, arena);
  };
  if constexpr (kOnlyFromDocument<T>) {
    return {};
  } else if constexpr (kHoldsListOrStruct<T>) {
    using Inner = std::remove_cvref_t<decltype(*to)>;
    bool found = from.find(field.name).has_value() || field.otherwise.data() != nullptr;
    if constexpr (json::Described<Inner>) found = found || has_any<Inner>(from);
    if (!found) return fail(field.is(json::Flag::kRequired) && !to ? kMissing : std::string_view());
    return bind_value(renew(to), field, from, arena);
  } else if constexpr (json::Described<T>) {
    // As in Gin: a value with the name of the struct is JSON; otherwise, the fields of the inner struct have no prefix.
    const std::optional<std::string_view> text = from.find(field.name);
    if (!text) return bind_members(to, from, arena);
    DocumentValue root;
    if (const auto problem = parse_json(*text, arena, root); !problem.empty()) return fail(problem);
    return read_value(to, root, Place{.name = field.name}, arena);
  } else if constexpr (HoldsList<T>) {
    std::span<const std::string_view> texts = from.all(field.name);
    if (texts.empty() && field.otherwise.data() != nullptr) texts = std::span(&field.otherwise, 1);
    if (texts.empty()) return fail(field.is(json::Flag::kRequired) ? kMissing : std::string_view());
    size_t at = 0;
    const std::string_view problem = parse_list(texts, to, field.layout, at, arena);
    return fail(problem, at);
  } else {
    std::optional<std::string_view> text = from.find(field.name);
    if (!text && field.otherwise.data() != nullptr) text = field.otherwise;
    if (text) {
      if (const auto problem = parse_text(*text, to, field.layout); !problem.empty()) return fail(problem);
    }
    return fail(field.is(json::Flag::kRequired) && !is_given(to, text.has_value()) ? kMissing : std::string_view());
  }
}

template <json::Described Struct, class Source>
BindResult bind_members(Struct& to, const Source& from, memory::Arena& arena) {
  BindResult result;
  const auto bind_member = [&](const auto& field) {
    auto& member = to.*field.member;
    if constexpr (!json::kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      result = bind_value(member, field, from, arena);
    } else if constexpr (Empties<std::remove_cvref_t<decltype(member)>>) {
      if (has_any<std::remove_cvref_t<decltype(*member)>>(from)) result = bind_members(renew(member), from, arena);
    } else {
      result = bind_members(member, from, arena);
    }
    return result.has_value();
  };
  std::apply([&](const auto&... field) { (bind_member(field) || ...); }, Struct::json_fields);
  return result;
}

}  // namespace internal

namespace internal {

template <class T>
BindResult bind_document(T& to, std::string_view body,
                         std::string_view (*parse)(std::string_view, memory::Arena&, DocumentValue&),
                         memory::Arena& arena) {
  DocumentValue root;
  if (const std::string_view problem = parse(body, arena, root); !problem.empty())
    return bind_error({.name = "body"}, problem, arena);
  if constexpr (json::Described<T>) return read_object(to, root, {}, arena);
  return read_value(to, root, {}, arena);
}

}  // namespace internal

// Binds a body of JSON, XML or YAML. T is a struct with json_fields or a list of such structs.
template <class T>
BindResult bind_json(T& to, std::string_view body, memory::Arena& arena) {
  return internal::bind_document(to, body, parse_json, arena);
}
template <class T>
BindResult bind_xml(T& to, std::string_view body, memory::Arena& arena) {
  return internal::bind_document(to, body, parse_xml, arena);
}
template <class T>
BindResult bind_yaml(T& to, std::string_view body, memory::Arena& arena) {
  return internal::bind_document(to, body, parse_yaml, arena);
}

// Binds named values. `from` has the functions find(name) and all(name), like Values.
template <json::Described Struct, class Source>
BindResult bind_values(Struct& to, const Source& from, memory::Arena& arena) {
  return internal::bind_members(to, from, arena);
}

}  // namespace duel::gin::binding

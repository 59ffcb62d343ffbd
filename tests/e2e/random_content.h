#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "tests/http/core/fault/choices.h"

// Makes texts, queries, cookies and bodies at random: valid, nearly valid, or nonsense.
namespace duel::e2e {

// Names that the fields of random forms, documents, queries and cookies have. An application that reads these names
// reads most of what is sent.
inline constexpr std::array<std::string_view, 14> kFieldNames = {
    "a", "b", "id", "name", "age", "list", "map", "inner", "file", "score", "flag", "note", "admin", "x"};

// A field of this name, or a cookie's attribute with this value, in an answer means that a text of the request has
// ended a value early. Random texts try to add both.
inline constexpr std::string_view kInjectedField = "X-Evil";
inline constexpr std::string_view kInjectedAttribute = "Domain=evil.example";

class RandomText {
 public:
  using Texts = std::span<const std::string_view>;

  explicit RandomText(http::testing::Choices& choices) : choices_(choices) {}

  std::string_view pick(Texts texts) { return texts[choices_.below(static_cast<uint32_t>(texts.size()))]; }
  // Most texts are short; a few are near one of the limits or beyond it.
  size_t length();
  std::string random_bytes();
  // Pieces that mean something to one of the parsers, and letters, in any order.
  std::string text();
  // `original` with at most two changes.
  std::string changed(std::string_view original);
  // A value of a field: a number, a word, a text, or an attempt to inject a field.
  std::string value();
  std::string field_name();

 protected:
  http::testing::Choices& choices_;
};

// Percent-encodes every byte that is neither a letter nor a digit.
std::string percent_encoded(std::string_view text);

struct Content {
  std::string type;  // of Content-Type
  std::string bytes;
};

// A form or a document that is valid, or that differs from a valid one by a few changes.
Content make_content(http::testing::Choices& choices);
// Pairs as in an urlencoded form, which can stand in a target.
std::string make_query(http::testing::Choices& choices);
// The value of a Cookie field, without line ends.
std::string make_cookies(http::testing::Choices& choices);

}  // namespace duel::e2e

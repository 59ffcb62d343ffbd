#pragma once

#include <optional>
#include <string_view>

// Cookie fields and the values that each style reads from them, for the tests of the grammar and of both router styles.
namespace duel::http::grammar::testing {

struct CookieCase {
  std::string_view field;
  std::string_view name;
  std::optional<std::string_view> beego;        // by the rules of net/http
  std::optional<std::string_view> gin = beego;  // the same, decoded
};

inline constexpr std::optional<std::string_view> kNoCookie = std::nullopt;

inline constexpr CookieCase kCookieCases[] = {
    // The first cookie of the name counts; names respect case.
    {"a=1; b=2;c=3; a=4", "a", "1"},
    {"a=1; b=2;c=3; a=4", "b", "2"},
    {"a=1; b=2;c=3", "c", "3"},
    {"a=; a=2", "a", ""},
    {"A=1; aa=2; xa=3", "a", kNoCookie},
    {"a=x=y", "a", "x=y"},
    // Names and separators.
    {"", "a", kNoCookie},
    {"=1;;=;a", "", kNoCookie},
    {";;=;a=4", "a", "4"},
    {" a\t=1 ", "a", "1"},
    {"a[b]=1; a:b=2", "a[b]", kNoCookie},
    {"a[b]=1; a:b=2", "a:b", kNoCookie},
    // Quotes, blanks and commas.
    {" q=\"a b\";r=1", "q", "a b"},
    {"a=\"\"", "a", ""},
    {"a=x, y", "a", "x, y"},
    {"a= 1", "a", " 1"},
    {"a= \"1\"", "a", kNoCookie},
    // Without '='.
    {"a; a=4", "a", ""},
    {"a", "a", ""},
    // Malformed values are ignored.
    {"a=\x01; a=ok", "a", "ok"},
    {"a=x\"y; a=ok", "a", "ok"},
    {"a=x\\y; a=\xC3; a=\x7F; a=ok", "a", "ok"},
    {"a=\"", "a", kNoCookie},
    {"a=\"x", "a", kNoCookie},
    // Only Gin decodes.
    {"a=x%20y+z", "a", "x%20y+z", "x y z"},
    {"a=%zz; a=ok", "a", "%zz", ""},
    {"a=%", "a", "%", ""},
};

}  // namespace duel::http::grammar::testing

#pragma once

#include <string_view>

// Texts and their JSON forms, for the tests of http/grammar/json_text.h and of its callers in both router styles. Go's
// encoding/json writes the same forms.
namespace duel::http::grammar::testing {

struct JsonTextCase {
  std::string_view text;
  std::string_view escaped;  // with < > & escaped
  std::string_view kept;     // with < > & unescaped
};

inline constexpr JsonTextCase kJsonTextCases[] = {
    {"", R"("")", R"("")"},
    {"pong", R"("pong")", R"("pong")"},
    {"a\"b\\c/", R"("a\"b\\c/")", R"("a\"b\\c/")"},
    {"\b\f\n\r\t\x01\x1F\x7F", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\"", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\""},
    {std::string_view("\0", 1), R"("\u0000")", R"("\u0000")"},
    {"<a href='x'>&</a>", R"("\u003ca href='x'\u003e\u0026\u003c/a\u003e")", R"("<a href='x'>&</a>")"},
    {"\u00FC\u65E5\U0001F600", "\"\u00FC\u65E5\U0001F600\"", "\"\u00FC\u65E5\U0001F600\""},
    {"x\u2028\u2029y\u2027", "\"x\\u2028\\u2029y\u2027\"", "\"x\\u2028\\u2029y\u2027\""},
    {"a\xFFz", R"("a\ufffdz")", R"("a\ufffdz")"},
    {"\uFFFD", "\"\uFFFD\"", "\"\uFFFD\""},                                                  // valid itself
    {"\xC3", R"("\ufffd")", R"("\ufffd")"},                                                  // cut short
    {"\xC0\x80 ", R"("\ufffd\ufffd ")", R"("\ufffd\ufffd ")"},                               // overlong
    {"\xED\xA0\x80", R"("\ufffd\ufffd\ufffd")", R"("\ufffd\ufffd\ufffd")"},                  // a surrogate
    {"\xF4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")", R"("\ufffd\ufffd\ufffd\ufffd")"},  // beyond U+10FFFF
};

template <typename Number>
struct JsonNumberCase {
  Number number;
  std::string_view text;
};

inline constexpr JsonNumberCase<double> kJsonDoubleCases[] = {
    {0.0, "0"},
    {-0.0, "-0"},
    {1.0, "1"},
    {1.5, "1.5"},
    {0.1, "0.1"},
    {100.0, "100"},
    {1e20, "100000000000000000000"},
    {1e21, "1e+21"},
    {9007199254740991.0, "9007199254740991"},
    {9007199254740993.0, "9007199254740992"},
    {1e16, "10000000000000000"},
    {123456789012345678901.0, "123456789012345680000"},
    {-999999999999999868928.0, "-999999999999999900000"},
    {1e-6, "0.000001"},
    {1e-7, "1e-7"},
    {1.25e-10, "1.25e-10"},
    {1.5e-300, "1.5e-300"},
    {5e-324, "5e-324"},
    {-1.2345678901234567e-6, "-0.0000012345678901234567"},
    {-1.7976931348623157e308, "-1.7976931348623157e+308"},
};

inline constexpr JsonNumberCase<float> kJsonFloatCases[] = {
    {0.1F, "0.1"},
    {1e-7F, "1e-7"},
    {16777215.0F, "16777215"},
    {16777216.0F, "16777216"},
    {-1e20F, "-100000000000000000000"},
    {123456790528.0F, "123456790000"},
    {3.4028235e38F, "3.4028235e+38"},
};

}  // namespace duel::http::grammar::testing

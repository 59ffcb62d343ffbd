#pragma once

#include <optional>
#include <string_view>

#include "http/grammar/percent.h"

// Texts and their encoded forms, for the tests of http/grammar/percent.h and of its callers in both router styles.
namespace duel::http::grammar::testing {

struct DecodeCase {
  std::string_view encoded;
  Plus plus;
  std::optional<std::string_view> decoded;  // nullopt if the text must be refused
};

inline constexpr DecodeCase kDecodeCases[] = {
    {"", Plus::kIsPlus, ""},
    {"/nothing/to/decode", Plus::kIsPlus, "/nothing/to/decode"},
    {"/a%20b%2F", Plus::kIsPlus, "/a b/"},
    {"/a%2fb%2F+", Plus::kIsPlus, "/a/b/+"},
    {"a+b", Plus::kIsPlus, "a+b"},
    {"a+b", Plus::kIsSpace, "a b"},
    {"a+b%2b", Plus::kIsSpace, "a b+"},
    {"%C3%bc%00", Plus::kIsSpace, std::string_view("\xC3\xBC\0", 3)},
    {"%25%32%35", Plus::kIsPlus, "%25"},  // decoded once
    {"%", Plus::kIsPlus, std::nullopt},
    {"%4", Plus::kIsPlus, std::nullopt},
    {"a%2", Plus::kIsPlus, std::nullopt},
    {"%4g", Plus::kIsPlus, std::nullopt},
    {"%zz", Plus::kIsSpace, std::nullopt},
    {"%%20", Plus::kIsPlus, std::nullopt},
    {"% 20", Plus::kIsPlus, std::nullopt},
    {"%+1", Plus::kIsSpace, std::nullopt},
};

struct EncodeCase {
  const PercentEncoding& encoding;
  std::string_view text;
  std::string_view encoded;
};

// The results of the Go functions that http/grammar/percent.h names beside each encoding.
inline constexpr EncodeCase kEncodeCases[] = {
    {kQueryEncoding, "", ""},
    {kQueryEncoding, "azAZ09-._~", "azAZ09-._~"},
    {kQueryEncoding, "a b+c/d&e=f%", "a+b%2Bc%2Fd%26e%3Df%25"},
    {kQueryEncoding, "\xC3\xBC\n", "%C3%BC%0A"},
    {kPathSegmentEncoding, "a b/c", "a%20b%2Fc"},
    {kPathSegmentEncoding, "$&+=:@,;?", "$&+=:@%2C%3B%3F"},
    {kPathEncoding, "/a b(\xC3\xBC)%", "/a%20b%28%C3%BC%29%25"},
    {kPathEncoding, "/-_.~$&+,/:;=@", "/-_.~$&+,/:;=@"},
    {kPathEncoding, "/!*'?#[]", "/%21%2A%27%3F%23%5B%5D"},
    {kLocationPathEncoding, "/a b\\\t\r\n\x7F%zz\xC3", "/a b%5c%09%0d%0a%7f%zz%c3"},
    {kLocationEncoding, "/a b%zz\"<\xC3\xBC\xFF", "/a b%zz\"<%c3%bc%ff"},
};

}  // namespace duel::http::grammar::testing

#pragma once

#include <string_view>
#include <utility>

namespace duel {

// For the tests of both styles: pairs of a location and the Location field that Go 1.26 sends for it, recorded from
// http.Redirect in a response to /dir/page. Go leaves a location unchanged if url.Parse finds a scheme or a host in it,
// and cleans it otherwise. Browsers treat any number of slashes before a host name as two, so the result for
// "///evil.com" matters.
inline constexpr std::pair<std::string_view, std::string_view> kGoRedirects[] = {
    {"//evil.com", "//evil.com"},
    {"///evil.com", "/evil.com"},
    {"////evil.com", "/evil.com"},
    {"///a/../b?c//d", "/b?c//d"},
    {"///", "/"},
    {"//", "/"},
    {"//?x", "/?x"},
    {"///?x", "/?x"},
    {"//#x", "/#x"},
    {"//@/x", "/@/x"},
    {"//user@/x", "/user@/x"},
    {"//user@host/x", "//user@host/x"},
    {"//:80/x", "//:80/x"},
    {"//[::1]/x", "//[::1]/x"},
    {"//host?x=a:b", "//host?x=a:b"},
    {"//host/a/../b", "//host/a/../b"},
    {"/..//x", "/x"},
    {"/a//b/?c//d", "/a/b/?c//d"},
    {"?x=a:b", "/dir/?x=a:b"},
    {"#a:b", "/dir/#a:b"},
    {"a?b:c", "/dir/a?b:c"},
    {"a/b:c", "/dir/a/b:c"},
    {"./a:b", "/dir/a:b"},
    {"", "/dir/"},
    {"a:b", "a:b"},
    {"mailto:x", "mailto:x"},
    {"https:///x", "https:///x"},
    {"http://a/../b", "http://a/../b"},
};

}  // namespace duel

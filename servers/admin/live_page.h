#pragma once

#include <string_view>

namespace duel::servers::admin {

// The live page at / of the admin port: live_page.html, whole, without anything from elsewhere.
extern const std::string_view kLivePage;

}  // namespace duel::servers::admin

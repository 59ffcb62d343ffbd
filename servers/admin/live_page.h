#pragma once

#include <string_view>

namespace duel::servers::admin {

// The live page at / of the admin port: the content of live_page.html. It loads nothing from elsewhere.
extern const std::string_view kLivePage;

}  // namespace duel::servers::admin

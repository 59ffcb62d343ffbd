#pragma once

#include <string_view>

namespace duel::servers {

// The live page at / of the admin port: admin_page.html, whole, without anything from elsewhere.
extern const std::string_view kAdminPage;

}  // namespace duel::servers

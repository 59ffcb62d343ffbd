#pragma once

#include <string>

namespace duel::servers::config {

// The text of docs/flags.md: an introduction, a table of settings per group, and the flags that are not settings.
std::string flags_doc();

}  // namespace duel::servers::config

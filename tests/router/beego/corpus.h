#pragma once

#include <filesystem>

#include "tests/router/recorded/recorded.h"

namespace duel::beego::testing {

// Compares the style with the recorded cases below `directory`.
recorded::Result run_corpus(const std::filesystem::path& directory);

}  // namespace duel::beego::testing

#pragma once

#include <filesystem>

#include "tests/router/recorded/recorded.h"

namespace duel::nethttp::testing {

enum class Version { k121, k122 };

// Compares a mux with the recorded cases below `directory`.
recorded::Result run_corpus(const std::filesystem::path& directory, Version version);

}  // namespace duel::nethttp::testing

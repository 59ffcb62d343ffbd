#pragma once

#include <string>

#include "http/start_error.h"

namespace duel::servers::config {

// The sentence of the error, with the flag that changes the named option, such as "... (--port)".
std::string start_sentence(const http::StartError& error);

}  // namespace duel::servers::config

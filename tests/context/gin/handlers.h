#pragma once

#include <string_view>

#include "router/gin/engine.h"

// The handlers of the Gin twin (tests/data/context/FORMAT.md, "gin"), by the file that has them.
namespace duel::context {

// --- reading.cc
void query(gin::Context& c);
void form(gin::Context& c);
void params(gin::Context& c);
void header(gin::Context& c);
void raw(gin::Context& c);
void cookie(gin::Context& c);
void setcookie(gin::Context& c);
void ip(gin::Context& c);

// --- what several files use
// The row of a table that the path asks for; -1 if it is no row.
int row(gin::Context& c);
// The query parameter `code`, or else the status given.
int code(gin::Context& c, int otherwise);
void no_such_row(gin::Context& c);
// Answers that the style has no counterpart for `what`.
void no_counterpart(gin::Context& c, std::string_view what);

}  // namespace duel::context

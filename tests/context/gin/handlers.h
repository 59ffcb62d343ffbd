#pragma once

#include <filesystem>
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
void any_json(gin::Context& c);
void form_files(gin::Context& c);
void keys(gin::Context& c);
void user(gin::Context& c);
void negotiate_format(gin::Context& c);

// --- binding.cc
void bind(gin::Context& c);
void uri_flat(gin::Context& c);
void uri_required(gin::Context& c);
void must_bind(gin::Context& c);
void twice(gin::Context& c);

// --- writing.cc
void string(gin::Context& c);
void data(gin::Context& c);
void write(gin::Context& c);
void stream(gin::Context& c);
void redirect(gin::Context& c);
void status(gin::Context& c);
void statusbody(gin::Context& c);
void abort_outer(gin::Context& c);
void abort_row(gin::Context& c);
void abort_final(gin::Context& c);
void panic(gin::Context& c);
void errors(gin::Context& c);

// --- formats.cc
void xml(gin::Context& c);
void yaml(gin::Context& c);
void negotiate(gin::Context& c);

// --- files.cc
void open_files(const std::filesystem::path& folder);  // before the first request
void file(gin::Context& c);
void attach(gin::Context& c);
void from_fs(gin::Context& c);
void static_files(gin::Context& c);
void listing(gin::Context& c);
void one(gin::Context& c);
void gone(gin::Context& c);

// --- what several files use
// The number in a text, or else `otherwise`.
int64_t number(std::string_view text, int64_t otherwise);
// The row of a table that the path asks for; -1 if it is no row.
int row(gin::Context& c);
// The query parameter `code`, or else the status given.
int code(gin::Context& c, int otherwise);
void no_such_row(gin::Context& c);
// Answers that the style has no counterpart for `what`.
void no_counterpart(gin::Context& c, std::string_view what);

}  // namespace duel::context

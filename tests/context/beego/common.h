#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "router/beego/context.h"

// The application that was recorded with beego 2.1.0, in the Beego style. Handler by handler it is described in
// tests/data/context/FORMAT.md.
namespace duel::context::beego_twin {

// The first value of this name in the query of the URL alone.
std::string query_value(const beego::Context& context, std::string_view name);
// The same as a whole number; 0 if it is none.
int query_number(const beego::Context& context, std::string_view name);

// Sends the text as text/plain.
void say(beego::Context& context, std::string_view text);

// A row of a table, whose number the route parameter :n is. Throws std::out_of_range for a number beyond the table,
// as the recorded application panicked.
size_t row(const beego::Context& context, size_t rows);

// The folder of files that is served, which main() sets.
std::filesystem::path& served_folder();

}  // namespace duel::context::beego_twin

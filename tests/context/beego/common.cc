#include "tests/context/beego/common.h"

#include <stdexcept>

#include "router/beego/context/form.h"
#include "router/beego/values/number.h"

namespace duel::context::beego_twin {

std::string query_value(const beego::Context& context, std::string_view name) {
  beego::context::Form query;
  query.parse(context.request().query);
  return std::string(query.get(name));
}

int query_number(const beego::Context& context, std::string_view name) {
  return beego::values::parse_number<int>(query_value(context, name)).value_or(0);
}

void say(beego::Context& context, std::string_view text) {
  context.output.header("Content-Type", "text/plain; charset=utf-8");
  context.output.body(text);
}

size_t row(const beego::Context& context, size_t rows) {
  const auto number = beego::values::parse_number<size_t>(context.input.param(":n"));
  if (!number || *number >= rows) throw std::out_of_range("no such row");
  return *number;
}

std::filesystem::path& served_folder() {
  static std::filesystem::path folder;
  return folder;
}

}  // namespace duel::context::beego_twin

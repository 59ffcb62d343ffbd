#include "tests/router/recorded/cost_tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

namespace duel::recorded {

std::ostream& operator<<(std::ostream& out, const Cost& cost) {
  return out << cost.allocations << " allocations, " << cost.bytes << " bytes";
}

std::map<std::string, Cost> read_tables(const std::string& path) {
  std::map<std::string, Cost> rows;
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ")) continue;
    std::vector<std::string> cells;
    std::istringstream rest(line.substr(2));
    for (std::string cell; std::getline(rest, cell, '|');) {
      const size_t first = cell.find_first_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    const auto is_number = [](const std::string& text) {
      return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (cells.size() < 3 || !is_number(cells.back()) || !is_number(cells[cells.size() - 2])) continue;
    const Cost cost{.allocations = std::stoull(cells[cells.size() - 2]), .bytes = std::stoull(cells.back())};
    EXPECT_TRUE(rows.emplace(cells.front(), cost).second) << "twice in the tables: " << cells.front();
  }
  return rows;
}

void expect_tables(const std::string& path, const std::map<std::string, Cost>& counted) {
  const std::map<std::string, Cost> written = read_tables(path);
  for (const auto& [row, cost] : counted) {
    const auto found = written.find(row);
    EXPECT_TRUE(found != written.end() && found->second == cost)
        << "row \"" << row << "\": counted " << cost << ", written "
        << (found == written.end() ? Cost{} : found->second);
  }
  for (const auto& [row, cost] : written) EXPECT_TRUE(counted.contains(row)) << "not counted: " << row;
}

}  // namespace duel::recorded

// Compares the table of router/beego/orm/README.md with counted allocations and bytes, so that the table stays true.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>

#include "alloc/counters.h"
#include "router/beego/orm/orm.h"

namespace duel::beego::orm {
namespace {

using Cost = std::pair<uint64_t, uint64_t>;  // allocations, bytes

struct User {
  int64_t id = 0;
  std::string name{};
  std::string email{};
  int64_t age = 0;

  static Model reflect() {
    return Model::of<User>("user")
        .auto_pk("id", &User::id)
        .field("name", &User::name)
        .field("email", &User::email)
        .field("age", &User::age);
  }
};

template <typename Step>
Cost cost_of(Step step) {
  const alloc::Reading before = alloc::read();
  step();
  const alloc::Reading after = alloc::read();
  return {after.calls - before.calls, after.bytes - before.bytes};
}

Cost operator-(const Cost& a, const Cost& b) {
  return {a.first - b.first, a.second - b.second};
}

std::map<std::string, Cost> written_in(const std::string& path) {
  std::map<std::string, Cost> rows;
  std::ifstream file(path);
  static const std::regex kRow(R"(\| ([^|]+) \|.*\| (\d+) \| (\d+) \|)");
  std::smatch match;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, match, kRow)) rows[match[1]] = {std::stoull(match[2]), std::stoull(match[3])};
  }
  return rows;
}

class OrmCost : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build, so nothing is counted";
    ASSERT_TRUE(alloc::count_calls(true));
    database_.register_model<User>();
    database_.run_sync_db();
    User user{.name = "user7", .email = "user7@example.com", .age = 25};
    database_.new_orm()->insert(user);
  }
  void TearDown() override { alloc::count_calls(false); }

  // Compiles and runs the same text with SQLite alone.
  void by_sqlite() {
    const auto connection = pool_.take();
    sql::Statement statement = connection->prepare("SELECT `id`, `name`, `email`, `age` FROM `user` WHERE `id` = ?");
    sql::Rows rows(statement);
    rows.bind(1, int64_t{1});
    rows.next();
  }
  void by_prepared_statement() {
    const auto connection = pool_.take();
    sql::Rows rows(connection->prepared("SELECT id, name, email, age FROM user WHERE id = ?"));
    rows.bind(1, int64_t{1});
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(1), "user7");
  }

  sql::Pool pool_{sql::OpenOptions{}};
  Database database_{pool_};
};

TEST_F(OrmCost, TheTableIsAsCounted) {
  const Model& model = database_.model(typeid(User));
  std::map<std::string, Cost> counted;
  for (int round = 0; round < 2; ++round) {  // the first round causes the one-time allocations; the second is kept
    std::unique_ptr<Orm> orm;
    counted["ORM object"] = cost_of([&] { orm = database_.new_orm(); });
    User user{.id = 1};
    const Cost sqlite = cost_of([&] { by_sqlite(); });
    counted["total"] = cost_of([&] {
                         user = {.id = 1};
                         EXPECT_TRUE(database_.new_orm()->read(user, {"id"}));
                       }) -
                       sqlite;

    const auto connection = pool_.take();
    sql::Rows rows(connection->prepared("SELECT id, name, email, age FROM user"));
    ASSERT_TRUE(rows.next());
    Row row;
    counted["row"] = cost_of([&] { row = scan(rows, model); });
    User filled;
    counted["members"] = cost_of([&] { fill(&filled, row, model); });
    EXPECT_EQ(filled.email, "user7@example.com");
  }
  counted["SQL text"] = counted["total"] - counted["ORM object"] - counted["row"] - counted["members"];
  const auto written = written_in(DUEL_ORM_README);
  for (const auto& [row, cost] : counted) {
    EXPECT_TRUE(written.contains(row) && written.at(row) == cost)
        << "row \"" << row << "\": counted " << cost.first << " allocations, " << cost.second << " bytes";
  }
  EXPECT_EQ(written.size(), counted.size());
}

// SQLite does not compile a prepared statement again, so it allocates less than a tenth of the bytes.
TEST_F(OrmCost, APreparedStatementIsNotCompiledAgain) {
  by_prepared_statement();
  const Cost prepared = cost_of([&] { by_prepared_statement(); });
  const Cost compiled = cost_of([&] { by_sqlite(); });
  EXPECT_LT(prepared.second * 10, compiled.second);
}

}  // namespace
}  // namespace duel::beego::orm

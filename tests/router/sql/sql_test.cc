#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "router/sql/error.h"
#include "router/sql/pool.h"
#include "tests/temporary_directory.h"

namespace duel::sql {
namespace {

class SqlTest : public ::testing::Test {
 protected:
  std::string file(const std::string& name = "a.db") const { return folder_.path() / name; }

  static int64_t count(Connection& connection, std::string_view table) {
    Statement statement = connection.prepare("SELECT COUNT(*) FROM " + std::string(table));
    Rows rows(statement);
    EXPECT_TRUE(rows.next());
    return rows.integer(0);
  }

 private:
  TemporaryDirectory folder_;
};

int code_of(const std::function<void()>& use) {
  try {
    use();
  } catch (const Error& error) {
    return error.code();
  }
  return 0;
}

constexpr int kBusy = 5;
constexpr int kCannotOpen = 14;
constexpr int kNotADatabase = 26;

TEST_F(SqlTest, BoundValuesAreReadBackUnchanged) {
  Pool pool({});
  const auto connection = pool.take();
  const std::vector<Value> values = {Value(), int64_t{-5}, 0.5, std::string("it's; DROP TABLE t --"), std::string()};
  connection->run("CREATE TABLE t (a, b, c, d, e)");
  {
    Rows rows(connection->prepared("INSERT INTO t VALUES (?, ?, ?, ?, ?)"));
    rows.bind_all(values);
    EXPECT_FALSE(rows.next());
  }
  Rows rows(connection->prepared("SELECT * FROM t"));
  ASSERT_TRUE(rows.next());
  ASSERT_EQ(rows.columns(), 5);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(rows.value(i), values[static_cast<size_t>(i)]) << i;
  EXPECT_EQ(rows.integer(1), -5);
  EXPECT_EQ(rows.real(2), 0.5);
  EXPECT_EQ(rows.text(3), "it's; DROP TABLE t --");
  EXPECT_EQ(rows.text(0), "");
  EXPECT_FALSE(rows.next());
}

TEST_F(SqlTest, APreparedStatementIsResetAfterItsRows) {
  Pool pool({});
  const auto connection = pool.take();
  connection->run("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)");
  for (const int64_t wanted : {2, 1, 3}) {
    Rows rows(connection->prepared("SELECT a FROM t WHERE a = ?"));
    rows.bind(1, wanted);
    EXPECT_EQ(rows.next(), wanted != 3) << wanted;
  }
  Rows unbound(connection->prepared("SELECT a FROM t WHERE a = ?"));
  EXPECT_FALSE(unbound.next()) << "the last binding was not cleared";
}

TEST_F(SqlTest, OnlyASingleStatementIsAccepted) {
  Pool pool({});
  const auto connection = pool.take();
  EXPECT_THROW(connection->prepare(""), Error);
  EXPECT_THROW(connection->prepare("SELECT 1; SELECT 2"), Error);
  EXPECT_THROW(connection->prepare("SELEKT"), Error);
  EXPECT_THROW(connection->run("SELECT * FROM nowhere"), Error);
  Rows rows(connection->prepared("SELECT ?"));
  EXPECT_THROW(rows.bind(2, int64_t{1}), Error);
}

TEST_F(SqlTest, PreparedStatementsAreForConstantTexts) {
  Pool pool({});
  const auto connection = pool.take();
  for (size_t i = 0; i < Connection::kMaxPrepared; ++i) connection->prepared("SELECT " + std::to_string(i));
  EXPECT_NO_THROW(connection->prepared("SELECT 0"));
  EXPECT_THROW(connection->prepared("SELECT -1"), std::length_error);
}

TEST_F(SqlTest, ATransactionWithoutCommitIsRolledBack) {
  Pool pool({});
  const auto connection = pool.take();
  connection->run("CREATE TABLE t (a)");
  {
    const Transaction transaction(*connection);
    connection->run("INSERT INTO t VALUES (1)");
  }
  EXPECT_EQ(count(*connection, "t"), 0);
  Transaction transaction(*connection);
  connection->run("INSERT INTO t VALUES (1)");
  transaction.commit();
  EXPECT_EQ(count(*connection, "t"), 1);
}

TEST_F(SqlTest, TheConnectionReturnedLastIsTakenNext) {
  int opened = 0;
  Pool pool({}, [&](Connection&) { ++opened; });
  EXPECT_EQ(opened, 0);
  const Connection* first = nullptr;
  {
    const auto connection = pool.take();
    first = &*connection;
  }
  EXPECT_EQ(pool.idle(), 1U);
  const auto again = pool.take();
  EXPECT_EQ(&*again, first);
  const auto other = pool.take();
  EXPECT_NE(&*other, first);
  EXPECT_EQ(opened, 2);
}

TEST_F(SqlTest, AMemoryDatabaseIsSharedByOnePoolOnly) {
  Pool pool({});
  Pool stranger({});
  const auto writer = pool.take();
  writer->run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  EXPECT_EQ(count(*pool.take(), "t"), 1);
  EXPECT_THROW(stranger.take()->run("SELECT * FROM t"), Error);
}

TEST_F(SqlTest, ThreadsShareAPool) {
  Pool pool({.file = file(), .busy_timeout = std::chrono::seconds(30)},
            [](Connection& connection) { connection.run("CREATE TABLE IF NOT EXISTS t (a)"); });
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  std::atomic<int> failures{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        try {
          pool.take()->run("INSERT INTO t VALUES (1)");
        } catch (const Error&) {
          ++failures;
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(count(*pool.take(), "t"), kThreads * kEach);
  EXPECT_LE(pool.idle(), static_cast<size_t>(kThreads));
}

TEST_F(SqlTest, AFileIsInWalModeWhereReadersDoNotWaitForAWriter) {
  Connection writer({.file = file()});
  writer.run("CREATE TABLE t (a); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)");
  Connection reader({.file = file()});
  EXPECT_EQ(count(reader, "t"), 0);
  EXPECT_EQ(code_of([&] { reader.run("INSERT INTO t VALUES (2)"); }), kBusy);
  writer.run("COMMIT");
  EXPECT_EQ(count(reader, "t"), 1);
}

TEST_F(SqlTest, ErrorsOfFilesHaveACode) {
  std::ofstream(file("broken.db")) << std::string(8192, 'x');
  EXPECT_EQ(code_of([&] { Connection({.file = file("broken.db")}); }), kNotADatabase);
  EXPECT_EQ(code_of([&] { Connection({.file = file("none/a.db")}); }), kCannotOpen);

  Connection owner({.file = file()});
  owner.run("PRAGMA locking_mode=EXCLUSIVE; CREATE TABLE t (a)");
  EXPECT_EQ(code_of([&] { Connection({.file = file()}); }), kBusy);
}

TEST_F(SqlTest, ErrorsSayWhetherARetryMayHelp) {
  EXPECT_TRUE(Error(kBusy, "").is_busy());
  EXPECT_FALSE(Error(kNotADatabase, "").is_busy());
  EXPECT_TRUE(Error(kBusy | 1 << 8, "").is_busy()) << "an extended code (SQLITE_BUSY_RECOVERY)";
  EXPECT_FALSE(Error(kCannotOpen, "").is_busy());
}

}  // namespace
}  // namespace duel::sql

// Which database a name is, for every way in which a database is opened.

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "router/sql/error.h"
#include "router/sql/pool.h"
#include "tests/temporary_directory.h"

namespace duel::sql {
namespace {

constexpr int kCannotOpen = 14;
constexpr int kReadOnly = 8;
constexpr int kInputOutput = 10;
constexpr int kNotADatabase = 26;

// Each test runs in a folder of its own.
class DatabaseFile : public ::testing::Test {
 protected:
  DatabaseFile() : before_(std::filesystem::current_path()) {
    std::filesystem::create_directory(here() / "folder");
    std::filesystem::current_path(here());
  }
  ~DatabaseFile() override { std::filesystem::current_path(before_); }

  std::filesystem::path here() const { return folder_.path(); }
  std::string path(const std::string& name) const { return here() / name; }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(here())) {
      const std::string name = entry.path().filename();
      if (name != "folder" && !name.ends_with("-wal") && !name.ends_with("-shm")) found.push_back(name);
    }
    return found;
  }

 private:
  TemporaryDirectory folder_;
  std::filesystem::path before_;
};

int64_t rows_of(Connection& connection) {
  Statement statement = connection.prepare("SELECT COUNT(*) FROM t");
  Rows rows(statement);
  rows.next();
  return rows.integer(0);
}

// Writes on one connection of a pool and reads on another.
void expect_one_database(const OpenOptions& options) {
  Pool pool(options);
  const auto first = pool.take();
  const auto second = pool.take();
  first->run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  EXPECT_EQ(rows_of(*second), 1);
}

Error error_of(const std::string& name) {
  try {
    Connection({.file = name});
  } catch (const Error& error) {
    return error;
  }
  return {0, "no error"};
}

void expect_refusal(const std::string& name, int code, const char* why) {
  const Error error = error_of(name);
  EXPECT_EQ(error.code(), code) << name << ": " << error.what();
  EXPECT_THAT(error.what(), ::testing::HasSubstr(why)) << name;
  EXPECT_THROW(Pool({.file = name}).take(), Error) << name;
}

TEST_F(DatabaseFile, EveryPathIsOneFileForAllConnections) {
  for (const std::string name : {"a.db",
                                 "./a.db",
                                 "folder/../a.db",
                                 "a b.db",
                                 "a?mode=memory",
                                 "a?cache=private&vfs=none",
                                 "a#b",
                                 "a%62.db",
                                 "a%00.db",
                                 "memory",
                                 "FILE:a",
                                 "-a",
                                 "~a",
                                 "'a",
                                 "\\a",
                                 "\xC3\xA4",
                                 "\xFF",
                                 "./file:a?mode=memory",
                                 "./:memory:",
                                 "./:a",
                                 "./file::memory:"}) {
    SCOPED_TRACE(name);
    expect_one_database({.file = name});
    EXPECT_THAT(names(), ::testing::ElementsAre(std::filesystem::path(name).filename().string()));
    std::filesystem::remove(name);
  }
}

TEST_F(DatabaseFile, AnAbsolutePathMayHaveAnyNumberOfSlashes) {
  for (const std::string slashes : {"/", "//", "///"}) {
    SCOPED_TRACE(slashes);
    const std::string name = "/" + slashes.substr(1) + here().string().substr(1) + slashes + "a.db";
    expect_one_database({.file = name});
    EXPECT_THAT(names(), ::testing::ElementsAre("a.db"));
    std::filesystem::remove("a.db");
  }
}

TEST_F(DatabaseFile, ALinkLeadsToItsTarget) {
  std::filesystem::create_symlink("folder/target.db", "link.db");
  expect_one_database({.file = "link.db"});
  EXPECT_TRUE(std::filesystem::exists("folder/target.db"));
  EXPECT_TRUE(std::filesystem::is_symlink("link.db"));
}

TEST_F(DatabaseFile, ALaterChangeOfTheFolderDoesNotChangeTheDatabase) {
  Pool pool({.file = "a.db"});
  const auto first = pool.take();
  first->run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  std::filesystem::current_path("folder");
  const auto second = pool.take();
  EXPECT_EQ(rows_of(*second), 1);
}

TEST_F(DatabaseFile, MemoryIsSharedByThePoolAlone) {
  for (const char* name : {"", ":memory:"}) {
    SCOPED_TRACE(name);
    expect_one_database({.file = name});
    expect_one_database({.file = name});  // fails if the table of another pool is there
    Connection first({.file = name});
    first.run("CREATE TABLE t (a)");
    EXPECT_THROW(Connection({.file = name}).run("SELECT * FROM t"), Error) << "a connection without a name is alone";
  }
  EXPECT_THAT(names(), ::testing::IsEmpty());
}

TEST_F(DatabaseFile, MemoryWithANameIsSharedByThatNameAlone) {
  std::vector<std::string> odd = {"a", "a?mode=ro", "a#", "a%61", "/a", "file:a", ":memory:", "a&cache=private", " "};
  std::vector<std::unique_ptr<Connection>> open;
  for (const std::string& name : odd) {
    SCOPED_TRACE(name);
    open.push_back(std::make_unique<Connection>(OpenOptions{.memory_name = name}));
    open.back()->run("CREATE TABLE t (a); INSERT INTO t VALUES (1)");  // fails if another name has this database
    Pool pool({.file = ":memory:", .memory_name = name});
    EXPECT_EQ(rows_of(*pool.take()), 1);
  }
  EXPECT_THAT(names(), ::testing::IsEmpty());
}

TEST_F(DatabaseFile, NamesWithAnotherMeaningAreRefused) {
  for (const char* name :
       {"file:", "file:a.db", "file:a.db?mode=ro", "file:a.db?cache=shared&immutable=1&nolock=1",
        "file::memory:", "file::memory:?cache=shared", "file:///a.db", "file://host/a.db", "file:a?vfs=memdb"}) {
    expect_refusal(name, kCannotOpen, "URIs are not supported; give the path alone, or ./file:");
  }
  for (const char* name : {":", ":a", ":memory", ":memory:?cache=shared", "::memory:", ":MEMORY:"}) {
    expect_refusal(name, kCannotOpen, "give :memory:, or ./:");
  }
  expect_refusal(std::string("a\0b", 3), kCannotOpen, "NUL");
  expect_refusal(std::string("\0", 1), kCannotOpen, "NUL");
  EXPECT_THROW(Connection({.memory_name = std::string("a\0b", 3)}), Error);
  EXPECT_THAT(names(), ::testing::IsEmpty());
}

TEST_F(DatabaseFile, WhatIsNoRegularFileIsRefused) {
  std::filesystem::create_symlink("loop", "loop");
  std::filesystem::create_symlink("none/target", "dangling");
  ASSERT_EQ(::mkfifo("fifo", 0600), 0);
  std::ofstream("plain") << "";
  for (const char* name : {"folder", ".", "..", "/", "//"}) expect_refusal(name, kCannotOpen, "folder");
  for (const char* name : {"a.db/", "a.db/.", "folder/", "plain/", "plain/.."})
    expect_refusal(name, kCannotOpen, "folder");
  for (const char* name : {"fifo", "/dev/null", "/dev/full"}) expect_refusal(name, kCannotOpen, "not a regular file");
  expect_refusal("none/a.db", kCannotOpen, "No such file or directory");
  expect_refusal("plain/a.db", kCannotOpen, "Not a directory");
  expect_refusal("dangling", kCannotOpen, "No such file or directory");
  expect_refusal("loop", kCannotOpen, "Too many levels of symbolic links");
  expect_refusal(std::string(300, 'a'), kCannotOpen, "File name too long");
  expect_refusal("folder/" + std::string(5000, 'a'), kCannotOpen, "File name too long");
  std::string deep = "folder";
  for (int i = 0; i < 5; ++i) deep += "/" + std::string(200, 'd');
  std::filesystem::create_directories(deep);
  expect_refusal(deep + "/a.db", kCannotOpen, "longer than SQLite allows");
}

TEST_F(DatabaseFile, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream("text") << std::string(8192, 'x');
  expect_refusal("text", kNotADatabase, "/text: ");
  Connection({.file = "a.db"}).run("CREATE TABLE t (a)");
  std::filesystem::resize_file("a.db", 100);
  EXPECT_NE(error_of("a.db").code(), 0);
}

TEST_F(DatabaseFile, AFileWithoutAWalIsRefused) {
  std::filesystem::create_directory("a.db-wal");
  expect_refusal("a.db", kInputOutput, "/a.db: ");
  std::filesystem::create_directory("b.db-shm");
  expect_refusal("b.db", kReadOnly, "/b.db: ");
}

// Without the rights of root, which may write everywhere.
class Unprivileged {
 public:
  Unprivileged() {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::seteuid(kNobody) != 0) throw std::runtime_error("seteuid");
  }
  ~Unprivileged() {
    if (::getuid() == 0 && ::seteuid(0) != 0) std::abort();
  }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;
};

TEST_F(DatabaseFile, WhatCannotBeWrittenIsRefused) {
  constexpr auto kReadable = std::filesystem::perms(0444);
  Connection({.file = "folder/a.db"}).run("CREATE TABLE t (a)");
  Connection({.file = "wal.db"}).run("CREATE TABLE t (a)");
  std::ofstream("secret.db") << "";
  std::filesystem::permissions("secret.db", std::filesystem::perms(0));
  std::filesystem::permissions("wal.db", kReadable);
  std::filesystem::permissions("folder/a.db", std::filesystem::perms(0666));
  std::filesystem::permissions("folder", std::filesystem::perms(0555));
  std::filesystem::permissions(here(), std::filesystem::perms(0777));
  {
    const Unprivileged user;
    expect_refusal("wal.db", kReadOnly, "no right to write");
    expect_refusal("secret.db", kCannotOpen, "Permission denied");
    expect_refusal("folder/new.db", kCannotOpen, "Permission denied");
    expect_refusal("folder/a.db", kReadOnly, "/a.db: ");  // its WAL cannot be made
  }
  std::filesystem::permissions("folder", std::filesystem::perms(0755));
}

}  // namespace
}  // namespace duel::sql

#include "router/beego/orm/orm.h"

#include <gmock/gmock.h>

#include <limits>

#include "router/sql/error.h"

namespace duel::beego::orm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct User {
  int64_t id = 0;
  std::string name{};
  int age = 0;
  double score = 0;
  bool active = false;
  std::optional<std::string> note{};

  static Model reflect() {
    return Model::of<User>("user")
        .auto_pk("id", &User::id)
        .field("name", &User::name)
        .field("age", &User::age)
        .field("score", &User::score)
        .field("active", &User::active)
        .field("note", &User::note);
  }
};

struct Tag {
  std::string word{};
  int64_t uses = 0;
  static Model reflect() { return Model::of<Tag>("tag").pk("word", &Tag::word).field("uses", &Tag::uses); }
};

class OrmTest : public ::testing::Test {
 protected:
  OrmTest() {
    database_.register_model<User>();
    database_.register_model<Tag>();
    database_.run_sync_db();
    orm_ = database_.new_orm();
  }

  void insert_five() {
    for (const char* name : {"ann", "Bob", "cid", "50%", "x_y"}) {
      User user{.name = name, .age = 10 * ++count_};
      if (count_ == 3) user.note = "noted";
      orm_->insert(user);
    }
  }
  QuerySetter<User> users() const { return orm_->query_table<User>(); }
  static std::vector<int64_t> ids(const QuerySetter<User>& set) {
    std::vector<User> found;
    const size_t count = set.all(found);
    EXPECT_EQ(count, found.size());
    std::vector<int64_t> ids;
    for (const User& user : found) ids.push_back(user.id);
    return ids;
  }

  sql::Pool pool_{sql::OpenOptions{}};
  Database database_{pool_};
  std::unique_ptr<Orm> orm_;

 private:
  int count_ = 0;
};

TEST_F(OrmTest, AnInsertedObjectIsReadBackUnchanged) {
  User user{.name = "it's", .age = -3, .score = 0.25, .active = true, .note = ""};
  EXPECT_EQ(orm_->insert(user), 1);
  EXPECT_EQ(user.id, 1);
  User read{.id = 1};
  ASSERT_TRUE(orm_->read(read));
  EXPECT_EQ(read.name, "it's");
  EXPECT_EQ(read.age, -3);
  EXPECT_EQ(read.score, 0.25);
  EXPECT_TRUE(read.active);
  EXPECT_EQ(read.note, "");
  User empty;
  orm_->insert(empty);
  ASSERT_TRUE(orm_->read(read = {.id = 2}));
  EXPECT_EQ(read.note, std::nullopt);
}

TEST_F(OrmTest, AGivenKeyIsKept) {
  User user{.id = 40};
  EXPECT_EQ(orm_->insert(user), 40);
  EXPECT_EQ(user.id, 40);
  EXPECT_THROW(orm_->insert(user), sql::Error) << "the key is in use";
  Tag tag{.word = "a", .uses = 2};
  orm_->insert(tag);
  Tag read{.word = "a"};
  ASSERT_TRUE(orm_->read(read));
  EXPECT_EQ(read.uses, 2);
}

TEST_F(OrmTest, ReadByNamedColumns) {
  insert_five();
  User user{.name = "cid", .age = 30};
  ASSERT_TRUE(orm_->read(user, {"name", "age"}));
  EXPECT_EQ(user.id, 3);
  user = {.name = "cid", .age = 31, .score = 7};
  EXPECT_FALSE(orm_->read(user, {"name", "age"}));
  EXPECT_EQ(user.score, 7) << "an object without a row is not changed";
}

TEST_F(OrmTest, UpdateAllOrSomeColumns) {
  insert_five();
  EXPECT_EQ(orm_->update(User{.id = 2, .name = "Rob", .age = 21}), 1);
  EXPECT_EQ(orm_->update(User{.id = 2, .name = "no", .age = 22}, {"age"}), 1);
  User user{.id = 2};
  ASSERT_TRUE(orm_->read(user));
  EXPECT_EQ(user.name, "Rob");
  EXPECT_EQ(user.age, 22);
  EXPECT_EQ(orm_->update(User{.id = 99}), 0);
  EXPECT_EQ(users().count(), 5);
}

TEST_F(OrmTest, DeleteByKey) {
  insert_five();
  EXPECT_EQ(orm_->del(User{.id = 2}), 1);
  EXPECT_EQ(orm_->del(User{.id = 2}), 0);
  EXPECT_THAT(ids(users()), ElementsAre(1, 3, 4, 5));
}

TEST_F(OrmTest, Operators) {
  insert_five();
  EXPECT_THAT(ids(users().filter("age", 20)), ElementsAre(2));
  EXPECT_THAT(ids(users().filter("age__exact", 20)), ElementsAre(2));
  EXPECT_THAT(ids(users().filter("pk", 4)), ElementsAre(4));
  EXPECT_THAT(ids(users().filter("name__exact", "bob")), IsEmpty());
  EXPECT_THAT(ids(users().filter("name__iexact", "bob")), ElementsAre(2));
  EXPECT_THAT(ids(users().filter("name__ne", "ann").filter("age__ne", 50)), ElementsAre(2, 3, 4));
  EXPECT_THAT(ids(users().filter("age__gt", 40)), ElementsAre(5));
  EXPECT_THAT(ids(users().filter("age__gte", 40)), ElementsAre(4, 5));
  EXPECT_THAT(ids(users().filter("age__lt", 20)), ElementsAre(1));
  EXPECT_THAT(ids(users().filter("age__lte", 20)), ElementsAre(1, 2));
  EXPECT_THAT(ids(users().filter("name__contains", "I")), ElementsAre(3));
  EXPECT_THAT(ids(users().filter("name__startswith", "a")), ElementsAre(1));
  EXPECT_THAT(ids(users().filter("name__endswith", "b")), ElementsAre(2));
  EXPECT_THAT(ids(users().filter("age__in", 10, 30)), ElementsAre(1, 3));
  EXPECT_THAT(ids(users().filter("age__in", std::vector<int>{20, 50})), ElementsAre(2, 5));
  EXPECT_THAT(ids(users().filter("age__in")), IsEmpty());
  EXPECT_THAT(ids(users().filter("note__isnull", false)), ElementsAre(3));
  EXPECT_THAT(ids(users().filter("note__isnull", true)), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(ids(users().filter("note", Value())), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(ids(users().exclude("age__gt", 20)), ElementsAre(1, 2));
}

TEST_F(OrmTest, ValuesAreNotPatterns) {
  insert_five();
  EXPECT_THAT(ids(users().filter("name__contains", "%")), ElementsAre(4));
  EXPECT_THAT(ids(users().filter("name__contains", "_")), ElementsAre(5));
  EXPECT_THAT(ids(users().filter("name__iexact", "a__")), IsEmpty());
  EXPECT_THAT(ids(users().filter("name__contains", "\\")), IsEmpty());
}

TEST_F(OrmTest, OrderAndLimit) {
  insert_five();
  EXPECT_THAT(ids(users().order_by("-id")), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(ids(users().order_by("-id").limit(2)), ElementsAre(5, 4));
  EXPECT_THAT(ids(users().order_by("id").limit(2, 3)), ElementsAre(4, 5));
  EXPECT_THAT(ids(users().limit(-1, 4)), ElementsAre(5));
  EXPECT_THAT(ids(users().order_by("id").limit(0, 3)), ElementsAre(4, 5)) << "as in Beego, 0 means no limit";
  EXPECT_EQ(ids(users().limit(0)).size(), 5U);
  EXPECT_THAT(ids(users().order_by("active", "-name")), ElementsAre(5, 3, 1, 2, 4));
  EXPECT_EQ(users().filter("age__gt", 10).limit(1).count(), 4);
  User user;
  ASSERT_TRUE(users().order_by("id").limit(9, 2).one(user));
  EXPECT_EQ(user.id, 3);
  EXPECT_FALSE(users().filter("id__gt", 5).one(user));
  EXPECT_EQ(user.id, 3);
  EXPECT_TRUE(users().filter("id", 5).exist());
  EXPECT_FALSE(users().filter("id", 6).exist());
}

TEST_F(OrmTest, AQuerySetterIsNotChangedByItsMembers) {
  insert_five();
  const auto all = users();
  const auto some = all.filter("age__gt", 20);
  const auto fewer = some.filter("age__lt", 50);
  EXPECT_EQ(all.count(), 5);
  EXPECT_EQ(some.count(), 3);
  EXPECT_EQ(fewer.count(), 2);
}

TEST_F(OrmTest, SetsAreUpdatedAndDeleted) {
  insert_five();
  EXPECT_EQ(users().filter("age__gt", 20).update({{"age", int64_t{1}}, {"name", std::string("z")}}), 3);
  EXPECT_THAT(ids(users().filter("name", "z").filter("age", 1)), ElementsAre(3, 4, 5));
  EXPECT_EQ(users().filter("age", 1).del(), 3);
  EXPECT_EQ(users().count(), 2);
  EXPECT_THROW(users().limit(1).del(), Error);
  EXPECT_THROW(users().limit(1).update({{"age", int64_t{1}}}), Error);
  EXPECT_THROW(users().update({}), Error);
}

// Text of a request is either a value, which is bound, or a name, which must be a column or an operator.
TEST_F(OrmTest, NoTextBecomesSql) {
  insert_five();
  const std::string evil = "' OR '1'='1'; DROP TABLE user; --";
  EXPECT_THAT(ids(users().filter("name", evil)), IsEmpty());
  EXPECT_THAT(ids(users().filter("name__contains", evil)), IsEmpty());
  EXPECT_THAT(ids(users().filter("name__in", evil, evil)), IsEmpty());
  for (const std::string& name :
       {evil, std::string("id` = 1 OR `id"), std::string("id;"), std::string(), std::string("ID ")}) {
    EXPECT_THROW(users().filter(name, 1), Error) << name;
    EXPECT_THROW(users().filter("id__" + name, 1), Error) << name;
    EXPECT_THROW(users().order_by(name), Error) << name;
    EXPECT_THROW(users().update({{name, Value()}}), Error) << name;
    User user;
    EXPECT_THROW(orm_->read(user, {name}), Error) << name;
    EXPECT_THROW(orm_->update(user, {name}), Error) << name;
  }
  User named{.name = evil};
  orm_->insert(named);
  User read{.name = evil};
  EXPECT_TRUE(orm_->read(read, {"name"}));
  EXPECT_EQ(users().count(), 6);
}

TEST_F(OrmTest, OperatorsRequireTheirValues) {
  EXPECT_THROW(users().filter("age__gt"), Error);
  EXPECT_THROW(users().filter("age__gt", 1, 2), Error);
  EXPECT_THROW(users().filter("age__isnull", "x"), Error);
  EXPECT_THROW(users().filter("name__contains", 0.5), Error);
  EXPECT_THROW(users().filter("age__gt__lt", 1), Error);
  EXPECT_THROW(users().limit(1, -1), Error);
}

struct NoKey {
  int64_t a = 0;
  static Model reflect() { return Model::of<NoKey>("t").field("a", &NoKey::a); }
};

TEST_F(OrmTest, WrongModelsAreRefused) {
  EXPECT_THROW(database_.register_model<User>(), Error) << "twice";
  EXPECT_THROW(database_.register_model<NoKey>(), Error);
  EXPECT_THROW(orm_->query_table<NoKey>(), Error) << "not registered";
  for (const char* name : {"", "a b", "a`", "1a", "a;", "a__b", "ä"}) {
    EXPECT_THROW(Model::of<Tag>(name), Error) << name;
    EXPECT_THROW(Model::of<Tag>("t").field(name, &Tag::uses), Error) << name;
  }
  EXPECT_THROW(Model::of<Tag>("t").field("a", &Tag::uses).field("a", &Tag::uses), Error);
  EXPECT_THROW(Model::of<Tag>("t").pk("a", &Tag::uses).pk("b", &Tag::uses), Error);
  EXPECT_THROW(Model::of<Tag>("t").field("a", &NoKey::a), Error) << "a member of another type";
}

TEST_F(OrmTest, ColumnsOfOtherTypesAreConvertedAsInNativeSql) {
  const auto connection = pool_.take();
  connection->run(
      "DROP TABLE tag; CREATE TABLE tag (word, uses); INSERT INTO tag VALUES ('huge', 1e30), ('low', -1e30),"
      " ('digits', '12 apples'), ('bytes', x'35'), (x'6162', 'none'), (1.5, 2.9), (7, NULL), (NULL, '1e3')");
  std::vector<Tag> tags;
  orm_->query_table<Tag>().all(tags);
  ASSERT_EQ(tags.size(), 8U);
  EXPECT_EQ(tags[0].uses, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(tags[1].uses, std::numeric_limits<int64_t>::min());
  sql::Rows rows(connection->prepared("SELECT word, uses FROM tag"));
  for (const Tag& tag : tags) {
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(tag.word, rows.text(0));
    EXPECT_EQ(tag.uses, rows.integer(1)) << tag.word;
  }
}

TEST_F(OrmTest, NumbersAndTextsAreConverted) {
  pool_.take()->run("INSERT INTO user VALUES (1, 'ann', 2, 3, 1, 4.5), (2, 'bob', 2, '7', 0, NULL)");
  std::vector<User> found;
  users().all(found);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].score, 3);
  EXPECT_EQ(found[0].note, "4.5");
  EXPECT_EQ(found[1].score, 7);
  EXPECT_EQ(found[1].note, std::nullopt);
}

TEST_F(OrmTest, SyncKeepsExistingTables) {
  insert_five();
  database_.run_sync_db();
  EXPECT_EQ(users().count(), 5);
}

}  // namespace
}  // namespace duel::beego::orm

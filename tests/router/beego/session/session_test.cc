#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "alloc/counters.h"
#include "router/beego/engine.h"
#include "router/beego/session/id.h"
#include "router/beego/session/memory_provider.h"
#include "router/beego/session/sqlite_provider.h"
#include "router/sql/error.h"
#include "tests/http/grammar/cookie_cases.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego::session {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr int64_t kLifetime = 160;

TEST(SessionId, HasRandomBitsInEveryDigit) {
  std::set<std::string> seen;
  std::string varied(kIdDigits, '\0');
  for (int i = 0; i < 1'000; ++i) {
    const std::string id = new_id();
    EXPECT_TRUE(is_id(id)) << id;
    EXPECT_TRUE(seen.insert(id).second) << id;
    for (size_t at = 0; at < kIdDigits; ++at)
      varied[at] = static_cast<char>(varied[at] | (id[at] ^ (*seen.begin())[at]));
  }
  EXPECT_EQ(varied.find('\0'), std::string::npos) << "a digit is always the same";
}

TEST(SessionId, HasOneFormat) {
  const std::string id = new_id();
  EXPECT_FALSE(is_id(""));
  EXPECT_FALSE(is_id(id.substr(1)));
  EXPECT_FALSE(is_id(id + "0"));
  EXPECT_FALSE(is_id("A" + id.substr(1)));
  EXPECT_FALSE(is_id(std::string(1, '\0') + id.substr(1)));
  EXPECT_FALSE(is_id("'" + id.substr(1)));
}

TEST(FindCookie, ReadsTheCommonCases) {
  for (const http::grammar::testing::CookieCase& one : http::grammar::testing::kCookieCases) {
    const testing::FullRequest request("GET", "/", {{"Cookie", std::string(one.field)}});
    EXPECT_EQ(find_cookie(request.request(), one.name), one.beego) << one.field;
  }
}

TEST(FindCookie, LooksInEveryField) {
  const testing::FullRequest request("GET", "/", {{"Cookie", "a=1; b=\x01"}, {"cookie", "a=2; b=ok"}});
  EXPECT_EQ(find_cookie(request.request(), "a"), "1");
  EXPECT_EQ(find_cookie(request.request(), "b"), "ok");
}

TEST(SessionCookie, IsWrittenWithItsAttributes) {
  SessionCookie options;
  EXPECT_EQ(format_cookie(options, "v", 0), "beegosessionID=v; Path=/; HttpOnly; SameSite=Lax");
  options = {.name = "n",
             .path = "/p",
             .domain = "d.example",
             .http_only = false,
             .secure = true,
             .same_site = SameSite::kNone};
  EXPECT_THAT(format_cookie(options, "v", 60),
              MatchesRegex("n=v; Path=/p; Domain=d.example; Expires=.* GMT; Max-Age=60; Secure; SameSite=None"));
  options.same_site = SameSite::kStrict;
  EXPECT_THAT(format_cookie(options, "", -1),
              MatchesRegex("n=; Path=/p; Domain=d.example; Expires=.* GMT; Max-Age=0; Secure; SameSite=Strict"));
  options.same_site = SameSite::kUnset;
  EXPECT_THAT(format_cookie(options, "v", 0), Not(HasSubstr("SameSite")));
}

TEST(SessionCookie, RefusesInvalidAttributes) {
  const auto refused = [](const SessionCookie& options) {
    EXPECT_THROW(Manager(std::make_shared<MemoryProvider>(), options), std::invalid_argument);
  };
  for (const char* name : {"", "a b", "a=b", "a;", "a\r\n"}) refused({.name = name});
  for (const char* path : {"", "x", "/;", "/\r\n"}) refused({.path = path});
  refused({.domain = "a;b"});
  refused({.header = "a b"});
  refused({.same_site = SameSite::kNone});
  EXPECT_NO_THROW(Manager(std::make_shared<MemoryProvider>(), {.secure = true, .same_site = SameSite::kNone}));
}

// The rules for every provider.
class Providers : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Clock clock = [this] { return now_s_; };
    if (GetParam() == "memory") {
      provider_ = std::make_unique<MemoryProvider>(kLifetime, MemoryProvider::kMaxSessions, clock);
    } else {
      provider_ = std::make_unique<SqliteProvider>(
          std::make_shared<sql::Pool>(sql::OpenOptions{}, SqliteProvider::create_tables), kLifetime, clock);
    }
  }
  Provider& provider() { return *provider_; }
  void advance_clock(int64_t seconds) { now_s_ += seconds; }

 private:
  int64_t now_s_ = 1'000;
  std::unique_ptr<Provider> provider_;
};

TEST_P(Providers, KeepValues) {
  const std::string id = new_id();
  provider().create(id)->set("a", int64_t{1});
  const auto store = provider().find(id);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->id(), id);
  EXPECT_EQ(store->get("a"), Value(int64_t{1}));
  store->set("a", std::string("text"));
  store->set("b", 0.5);
  EXPECT_EQ(provider().find(id)->get("a"), Value(std::string("text")));
  EXPECT_EQ(provider().find(id)->get("b"), Value(0.5));
  store->del("a");
  store->del("none");
  EXPECT_EQ(store->get("a"), Value());
  store->flush();
  EXPECT_EQ(store->get("b"), Value());
  EXPECT_NE(provider().find(id), nullptr) << "an empty session is a session";
}

TEST_P(Providers, KeepClientsApart) {
  const auto one = provider().create(new_id());
  const auto other = provider().create(new_id());
  one->set("a", int64_t{1});
  EXPECT_EQ(other->get("a"), Value());
  EXPECT_EQ(provider().count(), 2U);
}

TEST_P(Providers, FindNoUnknownId) {
  provider().create(new_id());
  EXPECT_EQ(provider().find(new_id()), nullptr);
  EXPECT_EQ(provider().find(""), nullptr);
  EXPECT_EQ(provider().find("' OR 1=1 --"), nullptr);
  EXPECT_EQ(provider().count(), 1U);
}

TEST_P(Providers, ForgetADestroyedSession) {
  const std::string id = new_id();
  const auto store = provider().create(id);
  store->set("a", int64_t{1});
  provider().destroy(id);
  provider().destroy(id);
  EXPECT_EQ(provider().find(id), nullptr);
  EXPECT_EQ(provider().count(), 0U);
  store->set("a", int64_t{2});  // a request that began before destroy() still holds the store
  EXPECT_EQ(provider().find(id), nullptr);
}

TEST_P(Providers, ExpireAnUnusedSession) {
  const std::string id = new_id();
  provider().create(id);
  advance_clock(kLifetime - 1);
  EXPECT_NE(provider().find(id), nullptr) << "this starts the lifetime again";
  advance_clock(kLifetime - 1);
  EXPECT_NE(provider().find(id), nullptr);
  advance_clock(kLifetime);
  EXPECT_EQ(provider().find(id), nullptr);
}

TEST_P(Providers, GiveASessionANewId) {
  const std::string old_id = new_id();
  const std::string id = new_id();
  provider().create(old_id)->set("a", int64_t{1});
  const auto store = provider().regenerate(old_id, id);
  EXPECT_EQ(store->id(), id);
  EXPECT_EQ(store->get("a"), Value(int64_t{1}));
  EXPECT_EQ(provider().find(old_id), nullptr);
  EXPECT_EQ(provider().find(id)->get("a"), Value(int64_t{1}));
  EXPECT_EQ(provider().count(), 1U);
}

TEST_P(Providers, RenewAnUnknownOrExpiredIdAsAnEmptySession) {
  EXPECT_EQ(provider().regenerate(new_id(), new_id())->get("a"), Value());
  const std::string old_id = new_id();
  provider().create(old_id)->set("a", int64_t{1});
  advance_clock(kLifetime);
  EXPECT_EQ(provider().regenerate(old_id, new_id())->get("a"), Value());
}

TEST_P(Providers, ClearExpiredSessionsAFewAtATime) {
  constexpr size_t kOld = 200;
  constexpr size_t kNew = 10 * kOld;  // ids are random: this many reach every shard
  for (size_t i = 0; i < kOld; ++i) provider().create(new_id())->set("a", int64_t{1});
  EXPECT_EQ(provider().count(), kOld);
  advance_clock(kLifetime);
  size_t before = provider().count();
  for (size_t i = 0; i < kNew; ++i) {
    provider().create(new_id());
    const size_t after = provider().count();
    EXPECT_GE(after + MemoryProvider::kClearedPerCall, before + 1)
        << "more sessions were cleared than one call may clear";
    before = after;
  }
  EXPECT_EQ(provider().count(), kNew) << "only the new sessions are left";
}

TEST_P(Providers, AreSharedByThreads) {
  const std::string id = new_id();
  provider().create(id);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, key = "k" + std::to_string(t)] {
      for (int64_t i = 1; i <= 30; ++i) {
        try {
          if (const auto store = provider().find(id)) store->set(key, i);
          provider().regenerate(provider().create(new_id())->id(), new_id());
        } catch (const sql::Error& error) {
          EXPECT_TRUE(error.is_busy()) << error.what();
          --i;
        }
      }
    });
  }
  threads.clear();
  for (const char* key : {"k0", "k1", "k2"}) EXPECT_EQ(provider().find(id)->get(key), Value(int64_t{30})) << key;
}

INSTANTIATE_TEST_SUITE_P(Kind, Providers, ::testing::Values("memory", "sqlite"),
                         [](const auto& kind) { return kind.param; });

TEST(MemoryProvider, RemovesTheLeastRecentlyUsedSession) {
  MemoryProvider provider(kLifetime, 1);  // one per shard
  std::vector<std::string> ids;
  for (int i = 0; i < 500; ++i) provider.create(ids.emplace_back(new_id()));
  EXPECT_LE(provider.count(), 16U);
  EXPECT_NE(provider.find(ids.back()), nullptr);
  EXPECT_EQ(provider.find(ids.front()), nullptr);
}

class Visits : public Controller {
 public:
  void get() override {
    const Value before = get_session("n");
    const auto* const count = std::get_if<int64_t>(&before);
    set_session("n", count == nullptr ? int64_t{1} : *count + 1);
    output().body(std::to_string(count == nullptr ? 1 : *count + 1));
  }
  void put() override {
    session_regenerate_id();
    output().body("renewed");
  }
  void post() override {  // starts and renews a session in one request
    start_session();
    session_regenerate_id();
    output().body("once");
  }
  void del() override {
    del_session("n");
    destroy_session();
    const bool gone = get_session("n") == Value();
    output().body(gone ? "gone" : "still there");
  }
  // Changes the session in the order that the query names.
  void patch() override {
    for (const char step : input().query("do")) {
      if (step == 's') set_session("n", int64_t{7});
      if (step == 'd') destroy_session();
      if (step == 'r') session_regenerate_id();
    }
  }
  void head() override { output().body("no session asked for"); }

  static ControllerClass reflect() { return ControllerClass::of<Visits>("Visits"); }
};

class SessionRequests : public ::testing::Test {
 protected:
  testing::Answer ask(std::string_view method, std::string_view cookie, std::string_view target = "/") {
    http::Request request = testing::make_request(method, target);
    text_ = "Cookie" + std::string(cookie);
    const http::FieldSpan span{0, 6, 6, static_cast<uint16_t>(cookie.size())};
    if (!cookie.empty()) request.fields = {text_.data(), &span, 1};
    return testing::exchange(engine_, request);
  }
  static std::string id_in(const testing::Answer& answer) {
    const std::string field = answer.field("Set-Cookie");
    return field.empty() ? "" : field.substr(kName.size(), kIdDigits);
  }
  static std::string cookie(const std::string& id) { return std::string(kName) + id; }

  static constexpr std::string_view kName = "beegosessionID=";
  std::shared_ptr<MemoryProvider> provider_ = std::make_shared<MemoryProvider>();

 private:
  std::shared_ptr<const App> make_app() {
    auto app = std::make_shared<App>();
    app->router<Visits>("/", "");
    app->use_sessions(std::make_shared<Manager>(provider_));
    return app;
  }
  Engine engine_{make_app()};
  std::string text_;
};

TEST_F(SessionRequests, RecognizeAClientByItsCookie) {
  const testing::Answer first = ask("GET", "");
  EXPECT_EQ(first.body, "1");
  EXPECT_THAT(first.field("Set-Cookie"), MatchesRegex("beegosessionID=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax"));
  const testing::Answer second = ask("GET", "other=1; " + cookie(id_in(first)));
  EXPECT_EQ(second.body, "2");
  EXPECT_EQ(second.field("Set-Cookie"), "") << "a known client needs no new cookie";
  EXPECT_EQ(ask("GET", "").body, "1") << "another client";
}

// Session fixation: an attacker makes a victim send an id that the attacker chose. The session of the victim must get
// another id.
TEST_F(SessionRequests, NeverAdoptAnIdOfAClient) {
  const std::string planted(kIdDigits, 'a');
  const testing::Answer answer = ask("GET", cookie(planted));
  EXPECT_EQ(answer.body, "1");
  EXPECT_NE(id_in(answer), planted);
  EXPECT_EQ(provider_->find(planted), nullptr);
  EXPECT_EQ(ask("PUT", cookie(planted)).body, "renewed");
  EXPECT_EQ(provider_->find(planted), nullptr);
}

TEST_F(SessionRequests, TreatAnAlteredIdAsANewClient) {
  const std::string id = id_in(ask("GET", ""));
  for (size_t at = 0; at < id.size(); ++at) {
    std::string altered = id;
    altered[at] = altered[at] == '0' ? '1' : '0';
    const testing::Answer answer = ask("GET", cookie(altered));
    EXPECT_EQ(answer.body, "1") << altered;
    EXPECT_NE(id_in(answer), altered);
  }
  for (const std::string& wrong : {id.substr(1), id + "0", std::string(), std::string("../x"), std::string(5'000, 'a'),
                                   std::string("%00") + id.substr(3), id.substr(0, 31) + "\n"}) {
    EXPECT_EQ(ask("GET", cookie(wrong)).body, "1") << wrong;
  }
  EXPECT_EQ(ask("GET", cookie(id)).body, "2");
}

TEST_F(SessionRequests, ForgetTheOldIdOfARenewedSession) {
  const std::string old_id = id_in(ask("GET", ""));
  const std::string id = id_in(ask("PUT", cookie(old_id)));
  EXPECT_NE(id, old_id);
  EXPECT_TRUE(is_id(id)) << id;
  EXPECT_EQ(ask("GET", cookie(id)).body, "2");
  EXPECT_EQ(ask("GET", cookie(old_id)).body, "1");
}

TEST_F(SessionRequests, KeepAnIdThatWasMadeInTheSameRequest) {
  const testing::Answer answer = ask("POST", "");
  const size_t first = answer.head.find("Set-Cookie");
  EXPECT_EQ(answer.head.find("Set-Cookie", first + 1), std::string::npos) << answer.head;
  EXPECT_NE(provider_->find(id_in(answer)), nullptr);
  EXPECT_EQ(provider_->count(), 1U);
}

TEST_F(SessionRequests, DestroyTheSessionAndItsCookie) {
  const std::string id = id_in(ask("GET", ""));
  const testing::Answer answer = ask("DELETE", cookie(id));
  EXPECT_EQ(answer.body, "gone");
  EXPECT_THAT(answer.field("Set-Cookie"),
              MatchesRegex("beegosessionID=; Path=/; Expires=.* GMT; Max-Age=0; HttpOnly; SameSite=Lax"));
  EXPECT_EQ(ask("GET", cookie(id)).body, "1");
  EXPECT_EQ(ask("DELETE", "").field("Set-Cookie"), "") << "there is no session";
}

// RFC 6265 §4.1.1: an answer should not set a cookie twice. The last change counts.
TEST_F(SessionRequests, SetTheCookieOnce) {
  for (const bool known : {false, true}) {
    for (const std::string steps : {"ds", "sd", "dsd", "sds", "rs", "rd", "dr", "rds", "drd", "rdr", "srd", "dsr"}) {
      SCOPED_TRACE(steps + (known ? " of a known client" : " of a new client"));
      const std::string sent = known ? cookie(id_in(ask("GET", ""))) : "";
      const testing::Answer answer = ask("PATCH", sent, "/?do=" + steps);
      ASSERT_EQ(answer.fields("Set-Cookie").size(), 1U);
      const bool ends = steps.ends_with('d');
      EXPECT_EQ(answer.field("Set-Cookie").find("; Max-Age=0") != std::string::npos, ends);
      if (ends) continue;
      EXPECT_NE(provider_->find(id_in(answer)), nullptr);
      EXPECT_EQ(ask("GET", cookie(id_in(answer))).body, steps.ends_with('s') || steps == "dsr" ? "8" : "1");
    }
  }
}

// What a client sends, and the id that is found.
TEST(FindId, LooksInTheCookieThenInTheQueryThenInTheField) {
  const auto found = [](const SessionCookie& options, std::string_view cookie, std::string_view target,
                        std::string_view field) {
    const testing::FullRequest request("GET", std::string(target),
                                       {{"Cookie", std::string(cookie)}, {"X-Session", std::string(field)}}, {});
    return std::string(find_id(request.request(), options).value_or("none"));
  };
  const SessionCookie cookie_only{.name = "s"};
  const SessionCookie in_all{.name = "s", .header = "X-Session", .in_query = true};
  const SessionCookie in_field{.name = "s", .header = "x-session"};
  EXPECT_EQ(found(in_all, "s=1", "/?s=2", "3"), "1");
  EXPECT_EQ(found(in_all, "s=", "/?a=s&s=2&s=4", "3"), "2");
  EXPECT_EQ(found(in_all, "a=1", "/?s&ss=2&as=2&s2", "3"), "3");
  EXPECT_EQ(found(in_all, "", "/?s=", "3"), "3");
  EXPECT_EQ(found(in_field, "", "/?s=2", "3"), "3");
  EXPECT_EQ(found(cookie_only, "", "/?s=2", "3"), "none");
  EXPECT_EQ(found(cookie_only, "s=1", "/", ""), "1");
}

// A client without cookies: the field has its id both ways, and goes with the session.
TEST(SessionField, CarriesTheId) {
  const auto app = std::make_shared<App>();
  app->router<Visits>("/", "");
  app->use_sessions(
      std::make_shared<Manager>(std::make_shared<MemoryProvider>(), SessionCookie{.header = "X-Session"}));
  Engine engine(app);
  const auto ask = [&](const std::string& method, const std::string& id, const std::string& target = "/") {
    return testing::exchange(engine, testing::FullRequest(method, target, {{"X-Session", id}}, {}));
  };
  const std::string id = ask("GET", "").field("X-Session");
  EXPECT_TRUE(is_id(id)) << id;
  const testing::Answer second = ask("GET", id);
  EXPECT_EQ(second.body, "2");
  EXPECT_EQ(second.field("X-Session"), "") << "the client knows its id";
  const std::string renewed = ask("PUT", id).field("X-Session");
  EXPECT_EQ(ask("GET", id).body, "1") << "the old id is worthless";
  EXPECT_EQ(ask("PATCH", renewed, "/?do=rd").field("X-Session"), "");
  EXPECT_EQ(ask("GET", renewed).body, "1");
}

TEST_F(SessionRequests, AllocateNothingWithoutASession) {
  if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build, so nothing is counted";
  const auto bytes = [&](const std::string& sent) {
    ask("HEAD", sent);
    const uint64_t before = alloc::allocated_bytes();
    const testing::Answer answer = ask("HEAD", sent);
    return alloc::allocated_bytes() - before;
  };
  const std::string id = id_in(ask("GET", ""));
  EXPECT_EQ(bytes(cookie(id)), bytes(std::string(cookie(id).size(), 'x')));
  EXPECT_EQ(provider_->count(), 1U);
}

TEST(SessionsOff, ThrowALogicError) {
  std::string told;
  auto app =
      std::make_shared<App>(AppOptions{.panic_log = [&](std::string_view, std::string_view what) { told = what; }});
  app->router<Visits>("/", "");
  Engine engine(app);
  EXPECT_EQ(testing::exchange(engine, "GET", "/").status, 500);
  EXPECT_THAT(told, HasSubstr("sessions are off"));
  EXPECT_EQ(testing::exchange(engine, "HEAD", "/").status, 200);
}

class FailingProvider final : public Provider {
 public:
  explicit FailingProvider(int code) : code_(code) {}
  std::shared_ptr<Store> find(std::string_view) override { throw sql::Error(code_, "refused"); }
  std::shared_ptr<Store> create(const std::string&) override { throw sql::Error(code_, "refused"); }
  std::shared_ptr<Store> regenerate(std::string_view, const std::string&) override { return nullptr; }
  void destroy(std::string_view) override {}
  size_t count() override { return 0; }

 private:
  int code_;
};

TEST(SessionDatabase, IsA503IfBusyAndA500IfBroken) {
  constexpr int kBusy = 5;
  constexpr int kCorrupt = 11;
  for (const auto& [code, status] : {std::pair{kBusy, 503}, std::pair{kCorrupt, 500}}) {
    auto app = std::make_shared<App>();
    app->router<Visits>("/", "");
    app->use_sessions(std::make_shared<Manager>(std::make_shared<FailingProvider>(code)));
    Engine engine(app);
    const testing::Answer answer = testing::exchange(engine, "GET", "/");
    EXPECT_EQ(answer.status, status);
    EXPECT_THAT(answer.field("Set-Cookie"), IsEmpty());
  }
}

}  // namespace
}  // namespace duel::beego::session

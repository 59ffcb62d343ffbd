#include "http/request.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "http/method.h"

namespace duel::http {
namespace {

// "A: 1", "B: two" and "a: 3" at known offsets.
constexpr char kBytes[] = "A: 1\r\nB: two\r\na: 3\r\nEmpty:\r\n";
constexpr std::array<FieldSpan, 4> kSpans = {{{.name_at = 0, .value_at = 3, .name_size = 1, .value_size = 1},
                                              {.name_at = 6, .value_at = 9, .name_size = 1, .value_size = 3},
                                              {.name_at = 14, .value_at = 17, .name_size = 1, .value_size = 1},
                                              {.name_at = 20, .value_at = 26, .name_size = 5, .value_size = 0}}};

Request request_with_fields(size_t count) {
  Request request;
  request.fields = FieldList(kBytes, kSpans.data(), count);
  return request;
}

TEST(FieldList, IsEmptyByDefault) {
  const FieldList fields;
  EXPECT_TRUE(fields.empty());
  EXPECT_EQ(fields.size(), 0U);
  EXPECT_EQ(fields.begin(), fields.end());
}

TEST(FieldList, GivesTheFieldsInTheOrderSent) {
  const FieldList fields(kBytes, kSpans.data(), kSpans.size());
  std::string all;
  for (const Field field : fields) {
    all.append(field.name).append("=").append(field.value).append(";");
  }
  EXPECT_EQ(all, "A=1;B=two;a=3;Empty=;");
  EXPECT_EQ(fields.size(), 4U);
  EXPECT_FALSE(fields.empty());
}

TEST(FieldList, IsAForwardRange) {
  const FieldList fields(kBytes, kSpans.data(), kSpans.size());
  auto it = fields.begin();
  const auto first = it++;
  EXPECT_EQ((*first).value, "1");
  EXPECT_EQ((*it).value, "two");
  EXPECT_NE(first, it);
  EXPECT_EQ(std::ranges::count_if(fields, [](Field field) { return field.name.size() == 1; }), 3);
}

TEST(Request, HeaderGivesTheFirstOfTheNameInAnyCase) {
  const Request request = request_with_fields(4);
  EXPECT_EQ(request.header("a"), "1");
  EXPECT_EQ(request.header("A"), "1");
  EXPECT_EQ(request.header("b"), "two");
  EXPECT_EQ(request.header("EMPTY"), "");
  EXPECT_EQ(request.header("none"), "");
  EXPECT_EQ(request.header(""), "");
}

TEST(Request, HasHeaderFindsAnEmptyField) {
  const Request request = request_with_fields(4);
  EXPECT_TRUE(request.has_header("empty"));
  EXPECT_FALSE(request.has_header("none"));
  EXPECT_FALSE(request.has_header("Empt"));
  EXPECT_FALSE(request.has_header("Empty:"));
  EXPECT_FALSE(request_with_fields(0).has_header("A"));
}

TEST(Method, NamesAndNumbersAgree) {
  for (int i = 0; i < kMethodCount; ++i) {
    const auto method = static_cast<Method>(i);
    EXPECT_EQ(method_of(method_name(method)), method);
  }
  EXPECT_EQ(method_of("PATCH"), Method::kPatch);
  EXPECT_EQ(method_of("get"), Method::kOther);
  EXPECT_EQ(method_of("GETS"), Method::kOther);
  EXPECT_EQ(method_of(""), Method::kOther);
  EXPECT_EQ(method_name(Method::kOther), "");
}

class Listener {
 public:
  Listener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(::bind(descriptor_, generic(), size), 0);
    EXPECT_EQ(::listen(descriptor_, 1), 0);
    EXPECT_EQ(::getsockname(descriptor_, generic(), &size), 0);
  }
  ~Listener() { ::close(descriptor_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int connect() {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(client, generic(), sizeof(address_)), 0);
    return client;
  }
  int accept() { return ::accept(descriptor_, nullptr, nullptr); }

 private:
  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&address_); }

  int descriptor_;
  sockaddr_in address_ = {};
};

TEST(Request, RemoteAddressIsThatOfThePeer) {
  Listener listener;
  const int client = listener.connect();
  const int server = listener.accept();
  Request request;
  request.socket = server;
  char space[INET6_ADDRSTRLEN];
  EXPECT_EQ(request.remote_address(space, sizeof(space)), "127.0.0.1");
  ::close(client);
  ::close(server);
}

TEST(Request, RemoteAddressWithoutASocketIsEmpty) {
  const Request request;
  char space[INET6_ADDRSTRLEN];
  EXPECT_EQ(request.remote_address(space, sizeof(space)), "");
}

}  // namespace
}  // namespace duel::http

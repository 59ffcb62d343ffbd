#include "bench/load/request_mix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "bench/load/output_queue.h"
#include "bench/load/ready_set.h"

namespace duel::load {
namespace {

TEST(RequestMix, WritesHeadsAndBodies) {
  const RequestMix mix(
      {{.method = "POST", .target = "/echo?a=b", .headers = {"A: b", "C: d"}, .body = "hello", .has_body = true}},
      "host:8080", "");
  const PreparedRequest& request = mix.kind_of(0);
  EXPECT_EQ(request.head, "POST /echo?a=b HTTP/1.1\r\nHost: host:8080\r\nA: b\r\nC: d\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(
      request.closing_head,
      "POST /echo?a=b HTTP/1.1\r\nHost: host:8080\r\nA: b\r\nC: d\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(request.body, "hello");
  EXPECT_FALSE(request.answer_has_no_body);
}

TEST(RequestMix, FramesChunks) {
  struct Case {
    const char* body;
    uint64_t chunk;
    const char* framed;
  };
  for (const Case& each :
       {Case{"", 4, "0\r\n\r\n"}, Case{"abcdefghij", 4, "4\r\nabcd\r\n4\r\nefgh\r\n2\r\nij\r\n0\r\n\r\n"},
        Case{"abcdefghijklmnopqrst", 18, "12\r\nabcdefghijklmnopqr\r\n2\r\nst\r\n0\r\n\r\n"}}) {
    const RequestMix mix({{.method = "PUT", .body = each.body, .has_body = true, .chunk_bytes = each.chunk}}, "h", "");
    EXPECT_EQ(mix.kind_of(0).body, each.framed);
    EXPECT_EQ(mix.kind_of(0).head, "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  }
}

TEST(RequestMix, HasAPlaceForTheTraceId) {
  const RequestMix mix({{.method = "HEAD"}}, "h", "x-");
  PreparedRequest request = mix.kind_of(7);
  EXPECT_TRUE(request.answer_has_no_body);
  for (std::string* head : {&request.head, &request.closing_head}) {
    const auto digits = RequestMix::trace_digits(0xab12);
    head->replace(request.trace_at, digits.size(), digits.data(), digits.size());
    EXPECT_THAT(*head, ::testing::HasSubstr("\r\nX-Trace-ID: x-000000000000ab12\r\n"));
  }
}

TEST(RequestMix, SendsEachKindAsOftenAsItsWeightAndSpreadsIt) {
  const RequestMix mix({{.weight = 5, .target = "/a"}, {.weight = 1, .target = "/b"}, {.weight = 1, .target = "/c"}},
                       "h", "");
  for (uint64_t begin = 0; begin < 70; begin += 7) {
    std::map<char, int> count;
    std::string order;
    for (uint64_t i = begin; i < begin + 7; ++i) {
      order += mix.kind_of(i).head[5];
      ++count[order.back()];
    }
    EXPECT_THAT(count,
                ::testing::ElementsAre(::testing::Pair('a', 5), ::testing::Pair('b', 1), ::testing::Pair('c', 1)));
    EXPECT_EQ(order, "aabacaa");
  }
}

TEST(OutputQueue, KeepsTheOrderAndCopiesOnlySmallBytes) {
  const std::string body(100, 'x');
  OutputQueue queue;
  EXPECT_EQ(queue.take(), "");
  queue.append("a");
  queue.append("b");
  queue.append_shared(body);
  queue.append("c");
  EXPECT_EQ(queue.take(), "ab");
  queue.append("d");
  const std::string_view shared = queue.take();
  EXPECT_EQ(shared.data(), body.data());
  EXPECT_EQ(shared.size(), body.size());
  const std::string_view c = queue.take();
  queue.append("e");
  queue.append_shared(body);
  EXPECT_EQ(c, "c");
  EXPECT_EQ(queue.take(), "de");
  EXPECT_EQ(queue.take().data(), body.data());
  EXPECT_EQ(queue.take(), "");
  queue.append("f");
  queue.clear();
  EXPECT_EQ(queue.take(), "");
}

TEST(ReadySet, PrefersTheFewestRequestsInFlightThenTheLongestWait) {
  ReadySet ready(4, 3);
  EXPECT_EQ(ready.first(), ReadySet::kNone);
  ready.add(2, 1);
  ready.add(3, 0);
  ready.add(0, 0);
  ready.add(1, 2);
  std::vector<uint32_t> order;
  while (ready.first() != ReadySet::kNone) {
    order.push_back(ready.first());
    ready.remove(order.back());
  }
  EXPECT_THAT(order, ::testing::ElementsAre(3, 0, 2, 1));
}

}  // namespace
}  // namespace duel::load

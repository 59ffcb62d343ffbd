#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

#include "tests/http/core/fault/schedule.h"
#include "tests/http/wire.h"

// Input: one byte, the number of bytes that choose the schedule; these bytes; then the bytes that a client sends.
//
// Runs a whole worker on a simulated kernel. Checks that the client receives the same answers for every way to split
// and delay the bytes, and that neither side waits forever.
namespace duel::http {
namespace {

using testing::Choices;
using testing::Faults;

void erase_all(std::string& text, std::string_view part) {
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos;) text.erase(at, part.size());
}

// Removes the parts that may differ: the time of the answer, and 100 Continue, which is not sent if the body has
// arrived already.
std::string comparable(std::string answers) {
  erase_all(answers, "HTTP/1.1 100 Continue\r\n\r\n");
  constexpr std::string_view kDate = "\r\nDate: ";
  constexpr size_t kDateBytes = 29;
  for (size_t at = 0; (at = answers.find(kDate, at)) != std::string::npos;) {
    answers.erase(at, kDate.size() + kDateBytes);
  }
  return answers;
}

// A request may be both too large and malformed. The split decides which error is found first. In both cases it is the
// last request of the connection.
bool differ_in_refusal_only(std::string_view a, std::string_view b) {
  const auto same = static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  const size_t head = a.substr(0, same).rfind("HTTP/1.1 4");
  if (head == std::string_view::npos) return false;
  const auto is_refusal = [head](std::string_view answers) {
    const auto last = testing::read_response_head(answers.substr(head));
    return last && last->value("Connection") == "close" && last->status >= 400;
  };
  return is_refusal(a) && is_refusal(b);
}

}  // namespace
}  // namespace duel::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duel::http;
  if (size == 0) return 0;
  const std::span<const uint8_t> input(data + 1, size - 1);
  const size_t choice_bytes = std::min<size_t>(data[0], input.size());
  const std::string_view sent(reinterpret_cast<const char*>(data) + 1 + choice_bytes, input.size() - choice_bytes);
  Choices calm(uint64_t{1});
  const std::string expected = comparable(testing::answers_to(sent, calm, {}));
  Choices chosen(input.first(choice_bytes));
  const Faults faults{
      .no_buffers = 8, .receive_ends = 4, .short_sends = 4, .short_reads = 4, .refused_enters = 8, .clock_jumps = 8};
  const std::string got = comparable(testing::answers_to(sent, chosen, faults));
  if (got == expected || differ_in_refusal_only(got, expected)) return 0;
  std::cerr << "sent (" << sent.size() << "):\n"
            << sent << "\n--- calm:\n"
            << expected << "\n--- got:\n"
            << got << '\n';
  std::abort();
}

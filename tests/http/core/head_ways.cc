#include "tests/http/core/head_ways.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <sstream>

#include "http/core/parser.h"

namespace duel::http::testing {
namespace {

using core::RequestParser;
using core::SimpleHeads;
using Status = RequestParser::Status;

Spans spans_of(const Request& request, const char* base, size_t consumed, bool expects_continue) {
  Spans spans{.consumed = consumed,
              .method = request.method,
              .minor_version = request.minor_version,
              .keep_alive = request.keep_alive,
              .expects_continue = expects_continue,
              .bytes_of_fields = request.fields.bytes(),
              .views = {}};
  const auto add = [&](std::string_view view) {
    spans.views.emplace_back(view.empty() ? 0 : static_cast<size_t>(view.data() - base), view.size());
  };
  for (const std::string_view view : {request.method_name, request.target, request.query, request.host, request.body}) {
    add(view);
  }
  if (request.path != "*") add(request.path);  // that of OPTIONS http://host is not in the bytes
  for (const auto [name, value] : request.fields) {
    add(name);
    add(value);
  }
  return spans;
}

std::ostream& operator<<(std::ostream& out, const Spans& spans) {
  out << "consumed " << spans.consumed << ", method " << static_cast<int>(spans.method) << ", HTTP/1."
      << spans.minor_version << (spans.keep_alive ? ", keep-alive" : ", close")
      << (spans.expects_continue ? ", expects 100" : "") << ", " << spans.bytes_of_fields << " bytes of fields, views";
  for (const auto& [at, size] : spans.views) out << ' ' << at << '+' << size;
  return out;
}

std::string difference_of(const char* what, std::string_view bytes, const Spans& one, const Spans& other) {
  std::ostringstream text;
  text << what << ":\n  " << one << "\n  " << other << "\nfor the " << bytes.size() << " bytes: " << bytes << '\n';
  return text.str();
}

// The bytes of a connection, with room for reading ahead, in a block of exactly that size.
class Block {
 public:
  Block(std::string_view kept, std::string_view more, std::string_view behind = {})
      : size_(kept.size() + more.size()),
        bytes_(std::make_unique_for_overwrite<char[]>(size_ + limits::kReadAheadBytes)) {
    std::copy(more.begin(), more.end(), std::copy(kept.begin(), kept.end(), bytes_.get()));
    std::memset(bytes_.get() + size_, 'a', limits::kReadAheadBytes);
    behind = behind.substr(0, limits::kReadAheadBytes);
    std::copy(behind.begin(), behind.end(), bytes_.get() + size_);
  }
  char* data() { return bytes_.get(); }
  size_t size() const { return size_; }

 private:
  size_t size_;
  std::unique_ptr<char[]> bytes_;
};

struct Result {
  Status status = Status::kNeedMore;
  int error_status = 0;
  size_t parsed = 0;
  Spans spans;

  bool operator==(const Result&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Result& result) {
  return out << "status " << static_cast<int>(result.status) << ", error " << result.error_status << ", parsed "
             << result.parsed << ", " << result.spans;
}

// RequestParser::read() as a connection calls it: with the first piece, and with both.
std::vector<Result> read_in_two(SimpleHeads& heads, std::string_view stream, size_t split, uint64_t max_body) {
  RequestParser parser(max_body);
  std::vector<Result> results;
  const auto read = [&](Block& block) {
    Request request;
    const Status status = parser.read(block.data(), block.size(), heads, request);
    Result& result = results.emplace_back();
    result.status = status;
    if (status == Status::kError) result.error_status = parser.error_status();
    if (status == Status::kNeedMore) result.parsed = parser.parsed();
    if (status != Status::kComplete) return;
    const bool expects = parser.used_llhttp() && parser.expects_continue();
    result.spans = spans_of(request, block.data(), parser.consumed(), expects);
  };
  Block first({}, stream.substr(0, split), stream.substr(split));
  read(first);
  if (results.back().status != Status::kNeedMore) return results;
  Block both({first.data(), parser.parsed()}, stream.substr(split));
  read(both);
  return results;
}

// The first request in `bytes`, as llhttp reads it.
Result llhttp_result(std::string_view bytes, uint64_t max_body) {
  SimpleHeads off(HeadScan::kOff);
  return read_in_two(off, bytes, bytes.size(), max_body).front();
}

}  // namespace

size_t HeadWays::scan(const char* base, size_t size, std::string& difference) {
  SimpleHeads fresh(HeadScan::kVector, max_body_);
  const std::string_view bytes(base, size);
  std::vector<Spans> found;
  for (SimpleHeads* const heads : {&fresh, &vector_, &portable_}) {
    Request request;
    const size_t consumed = heads->read(base, base + size, request);
    found.push_back(consumed == 0 ? Spans{} : spans_of(request, base, consumed, false));
    if (found.back() == found.front()) continue;
    difference = difference_of("two forms of the scanner", bytes, found.front(), found.back());
    return 0;
  }
  const size_t consumed = found.front().consumed;
  if (consumed == 0) return 0;
  const Result expected = llhttp_result(bytes, max_body_);
  if (expected.status != Status::kComplete || expected.spans != found.front()) {
    difference = difference_of("llhttp, and the scanner", bytes, expected.spans, found.front());
  }
  return consumed;
}

HeadWays::Verdict HeadWays::compare_whole(std::string_view stream, std::string_view behind) {
  Block block({}, stream, behind);
  Verdict verdict;
  verdict.simple_bytes = scan(block.data(), stream.size(), verdict.difference);
  return verdict;
}

HeadWays::Verdict HeadWays::compare(std::string_view stream, size_t most_splits) {
  Verdict verdict;
  Block block({}, stream);
  const size_t step = std::max<size_t>(1, stream.size() / std::max<size_t>(1, most_splits));
  for (size_t split = 1; split <= stream.size() && verdict.difference.empty(); ++split) {
    verdict.simple_bytes = scan(block.data(), split, verdict.difference);
    if (split % step != 0 && split != stream.size()) continue;
    const auto with = read_in_two(vector_, stream, split, max_body_);
    const auto without = read_in_two(off_, stream, split, max_body_);
    if (without.back().status == Status::kComplete) verdict.bytes = without.back().spans.consumed;
    if (with == without || !verdict.difference.empty()) continue;
    std::ostringstream text;
    text << "read() after " << split << " of " << stream.size() << " bytes, without and with the scanner:\n  "
         << without.back() << "\n  " << with.back() << "\nfor: " << stream << '\n';
    verdict.difference = text.str();
  }
  return verdict;
}

}  // namespace duel::http::testing

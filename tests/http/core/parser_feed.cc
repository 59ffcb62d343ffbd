#include "tests/http/core/parser_feed.h"

#include <cstring>
#include <memory>

namespace duel::http::testing {

using Status = core::RequestParser::Status;

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  switch (outcome.status) {
    case Status::kNeedMore:
      return out << "needs more";
    case Status::kError:
      return out << "error " << outcome.error_status;
    case Status::kComplete:
      break;
  }
  const Seen& request = outcome.request;
  out << "complete after " << outcome.consumed << ": " << request.method_name << " target=" << request.target
      << " path=" << request.path << " query=" << request.query << " host=" << request.host << " HTTP/1."
      << request.minor_version << (request.keep_alive ? " keep-alive" : " close")
      << (request.expects_continue ? " expects-continue" : "");
  for (const auto& [name, value] : request.fields) out << " [" << name << ": " << value << "]";
  return out << " body(" << request.body.size() << ")=" << request.body.substr(0, 80);
}

Seen seen(const core::RequestParser& parser, const char* base) {
  const Request request = parser.request(base);
  Seen copy{.method = request.method,
            .minor_version = request.minor_version,
            .keep_alive = request.keep_alive,
            .expects_continue = parser.expects_continue(),
            .method_name = std::string(request.method_name),
            .target = std::string(request.target),
            .path = std::string(request.path),
            .query = std::string(request.query),
            .host = std::string(request.host),
            .fields = {},
            .body = std::string(request.body)};
  for (const Field field : request.fields) copy.fields.emplace_back(field.name, field.value);
  return copy;
}

namespace {

// Overwrites `parser`. A copy of it that still refers to the original then gives wrong results.
void spoil(core::RequestParser& parser) {
  parser.reset();
  char other[] = "DELETE /spoilt?yes=1 HTTP/1.0\r\nX-Spoilt: yes\r\n";
  parser.parse(other, sizeof(other) - 1);
}

}  // namespace

Outcome feed(const std::vector<std::string_view>& pieces, uint64_t max_body) {
  auto parser = std::make_unique<core::RequestParser>(max_body);
  std::unique_ptr<char[]> buffer;
  size_t fed = 0;
  for (const std::string_view piece : pieces) {
    const size_t kept = parser->parsed();
    auto moved = std::make_unique<char[]>(kept + piece.size());
    if (kept != 0) std::memcpy(moved.get(), buffer.get(), kept);
    if (!piece.empty()) std::memcpy(moved.get() + kept, piece.data(), piece.size());
    buffer = std::move(moved);

    auto copy = std::make_unique<core::RequestParser>(*parser);
    spoil(*parser);
    parser = std::move(copy);

    const Status status = parser->parse(buffer.get(), kept + piece.size());
    if (status == Status::kError) return {.status = status, .error_status = parser->error_status(), .request = {}};
    if (status == Status::kComplete) {
      return {.status = status, .consumed = fed + parser->consumed() - kept, .request = seen(*parser, buffer.get())};
    }
    fed += piece.size();
  }
  return {};
}

Outcome feed_whole(std::string_view stream, uint64_t max_body) {
  return feed({stream}, max_body);
}

Outcome feed_bytewise(std::string_view stream, uint64_t max_body) {
  std::vector<std::string_view> pieces;
  for (size_t i = 0; i < stream.size(); ++i) pieces.push_back(stream.substr(i, 1));
  return feed(pieces, max_body);
}

size_t first_differing_split(std::string_view stream, const Outcome& expected, uint64_t max_body) {
  if (feed_bytewise(stream, max_body) != expected) return 0;
  for (size_t at = 1; at < stream.size(); ++at) {
    if (feed({stream.substr(0, at), stream.substr(at)}, max_body) != expected) return at;
  }
  return std::string_view::npos;
}

std::vector<Seen> feed_pipeline(std::string_view stream, std::string* rest) {
  std::vector<Seen> requests;
  std::string buffer(stream);
  char* base = buffer.data();
  size_t size = buffer.size();
  core::RequestParser parser;
  while (size != 0 && parser.parse(base, size) == Status::kComplete) {
    requests.push_back(seen(parser, base));
    base += parser.consumed();
    size -= parser.consumed();
    parser.reset();
  }
  rest->assign(base, size);
  return requests;
}

}  // namespace duel::http::testing

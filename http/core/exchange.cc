#include "http/exchange.h"

#include <array>
#include <cstddef>

#include "http/core/parser.h"
#include "http/date.h"
#include "http/output.h"
#include "http/response.h"

namespace duel::http {

struct Exchange::Parts {
  explicit Parts(Handler& to) : handler(to) {}

  Handler& handler;
  std::array<char, limits::kSendBlockBytes>
      block;  // NOLINT: uninitialised; the output knows how many bytes are written
  core::RequestParser parser;
  Output output{block.data(), block.data() + block.size()};
  DateLine date{0};  // constant; a worker updates it every second
  Response response{date};
};

Exchange::Exchange(Handler& handler) : parts_(std::make_unique<Parts>(handler)) {}
Exchange::~Exchange() = default;

std::string_view Exchange::answer(std::string& request) {
  Parts& parts = *parts_;
  parts.output.clear();
  parts.parser.reset();
  if (parts.parser.parse(request.data(), request.size()) != core::RequestParser::Status::kComplete) return {};
  const Request parsed = parts.parser.request(request.data());
  parts.response.start(parsed, parts.output, parsed.keep_alive);
  parts.handler.handle(parsed, parts.response);
  if (!parts.response.ended()) parts.response.end();
  return parts.output.bytes();
}

}  // namespace duel::http

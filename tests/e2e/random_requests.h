#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/core/fault/choices.h"

// Makes requests at random: the path of a route or something like it, the fields that servers interpret, and a body of
// any usual type. The bytes are valid, nearly valid, or nonsense; the framing is always valid, so exactly one answer is
// due.
namespace duel::e2e {

struct RandomRequest {
  std::string method;
  bool method_is_known = true;     // one of those of RFC 9110 and PATCH
  std::string head;                // with the empty line
  std::string body;                // as framed
  bool shuts_down = false;         // the client shuts down its sending side after the request
  std::vector<size_t> piece_ends;  // in head + body; the client sends each piece by itself

  std::string bytes() const { return head + body; }
};

// `patterns` are those of routes, such as "/user/:id" and "/files/*path"; must not be empty.
RandomRequest make_random_request(http::testing::Choices& choices, const std::vector<std::string>& patterns);

// How a client sends a body.
enum class Sending : uint8_t { kWithLength, kInChunks, kWithContinue, kInPieces, kThenShutDown, kAsHttp10 };
inline constexpr std::array kSendings = {Sending::kWithLength, Sending::kInChunks,     Sending::kWithContinue,
                                         Sending::kInPieces,   Sending::kThenShutDown, Sending::kAsHttp10};

// Values of Content-Type: usual, nearly valid, and empty.
std::span<const std::string_view> usual_content_types();

// A POST to a path of this pattern. The body is random, or nearly a body of some format; not always of this type.
RandomRequest make_random_post(http::testing::Choices& choices, std::string_view pattern, std::string_view content_type,
                               Sending sending);

// A command of a shell that sends the bytes, for bug reports.
std::string command_that_sends(std::string_view bytes);

}  // namespace duel::e2e

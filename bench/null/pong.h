#pragma once

#include "alloc/phases.h"
#include "http/field_line.h"
#include "http/handler.h"

// For servers without a router.
namespace duel::null {

// Gives every request the demo's answer to `GET /ping`.
class Pong : public http::Handler {
 public:
  void handle(const http::Request& /*request*/, http::Response& response) override {
    alloc::enter(alloc::Phase::kHandler);
    static constexpr http::FieldLine kPlainText("Content-Type", "text/plain; charset=utf-8");
    response.add(kPlainText);
    response.end("pong");
  }
};

}  // namespace duel::null

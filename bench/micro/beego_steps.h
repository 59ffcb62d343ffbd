#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string_view>

#include "http/handler.h"
#include "router/beego/app.h"

namespace duel::bench {

// The steps of one request in the Beego style, in their order: the rows of the table in router/beego/README.md.
inline constexpr std::array<std::string_view, 13> kBeegoSteps = {"context",
                                                                 "catch-all",
                                                                 "lookup for the session",
                                                                 "lookup",
                                                                 "parts of the path",
                                                                 "pattern",
                                                                 "class and method name",
                                                                 "controller",
                                                                 "init and prepare",
                                                                 "data",
                                                                 "JSON text",
                                                                 "body",
                                                                 "finish and send"};

// GET /json done step by step as beego::Engine does it, for whoever measures the steps.
class BeegoJsonRequest {
 public:
  BeegoJsonRequest();
  ~BeegoJsonRequest();
  BeegoJsonRequest(const BeegoJsonRequest&) = delete;
  BeegoJsonRequest& operator=(const BeegoJsonRequest&) = delete;

  // Calls `mark` before the first and behind each of kBeegoSteps. It must not allocate where allocations are counted.
  void run(const std::function<void()>& mark);

  // The same application, for a whole request by an Engine.
  std::shared_ptr<const beego::App> app() const { return app_; }

 private:
  std::shared_ptr<const beego::App> app_;
  beego::Filter catch_all_;
  http::DateLine date_{0};
  http::Response response_;
  std::array<char, 4096> block_;
};

}  // namespace duel::bench

#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string_view>

#include "http/handler.h"
#include "router/beego/app.h"

namespace duel::bench {

// The steps of one request in the Beego style, in order. They are the rows of the table in router/beego/README.md.
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

// For beego_steps_bench and the test that counts allocations: runs GET /json step by step, as beego::Engine does.
class BeegoJsonRequest {
 public:
  BeegoJsonRequest();
  ~BeegoJsonRequest();
  BeegoJsonRequest(const BeegoJsonRequest&) = delete;
  BeegoJsonRequest& operator=(const BeegoJsonRequest&) = delete;

  // Calls `mark` before the first of kBeegoSteps and after each. If allocations are counted, `mark` must not allocate.
  void run(const std::function<void()>& mark);

  // The application, for running the whole request with an Engine.
  std::shared_ptr<const beego::App> app() const { return app_; }

 private:
  std::shared_ptr<const beego::App> app_;
  beego::Filter catch_all_;
  http::DateLine date_{0};
  http::Response response_;
  std::array<char, 4096> block_;
};

}  // namespace duel::bench

// For Engine.
#pragma once

#include <algorithm>
#include <map>

#include "router/echo/echo.h"

namespace duel::echo {

// The engine's Context. The engine keeps it for the next request, so that its texts keep their memory.
class ContextImpl final : public Context {
 public:
  // `echo` must outlive the context, and must not get further routes.
  explicit ContextImpl(const Echo& echo) : echo_(echo) {}

  // Prepares for a request. Returns false if the target is malformed. Both arguments must live until finish().
  bool reset(const http::Request& request, http::Response& response);
  // Finds the route by the method, host and URL of request(). Returns its handler, with the route's middleware around
  // it, or the handler that answers 404, 405 or OPTIONS. Valid until the next call.
  const HandlerFunc& find();
  // Whether find() would return a handler of the application.
  bool has_handler();
  // Gives the answer to the core.
  void finish();

  Request& request() override { return request_; }
  Response& response() override { return response_; }
  std::string_view path() const override { return path_; }
  std::string_view param(std::string_view name) const override;
  std::span<const std::string> param_names() const override { return names_; }
  std::span<const std::string_view> param_values() const override {
    return std::span(values_).first(std::min(names_.size(), values_.size()));
  }
  std::string_view query_param(std::string_view name) override;
  bool has_query_param(std::string_view name) const override;
  const std::any* get(std::string_view key) const override;
  void set(std::string key, std::any value) override { store_[std::move(key)] = std::move(value); }
  Error string(int code, std::string_view text) override;
  Error html(int code, std::string_view text) override;
  Error json(int code, const Value& value) override;
  Error json_pretty(int code, const Value& value, std::string_view indent) override;
  Error json_blob(int code, std::string_view json) override;
  Error blob(int code, std::string_view content_type, std::string_view bytes) override;
  Error no_content(int code) override;
  Error redirect(int code, std::string_view location) override;
  Error file(const http::StaticDirectory& directory, std::string_view path) override;
  void error(const Error& error) override { echo_.error_handler(error, *this); }

 private:
  routing::Found look_up();
  const HandlerFunc& use_route(const routing::Route& route);
  const HandlerFunc& without_route(const routing::Found& found);
  void write_content_type(std::string_view type);

  const Echo& echo_;
  Request request_;
  Response response_;
  std::string routed_;  // the path that was looked up; values_ are views of it
  std::string_view path_;
  std::span<const std::string> names_;
  std::vector<std::string_view> values_;
  std::map<std::string, std::any, std::less<>> store_;
  std::string query_value_;  // the last result of query_param()
  std::string json_;         // kept for its memory
};

}  // namespace duel::echo

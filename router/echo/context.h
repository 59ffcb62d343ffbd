// For applications in the style of Echo.
#pragma once

#include <any>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "router/echo/error.h"
#include "router/echo/value.h"
#include "router/url/url.h"

namespace duel::echo {

class Context;
using HandlerFunc = std::function<Error(Context&)>;
using MiddlewareFunc = std::function<HandlerFunc(HandlerFunc)>;

// A request. Middleware may change it: what it changes before the lookup (Echo::pre) changes the route.
struct Request {
  std::string method;
  std::string host;
  url::Url url;
  std::string_view body;  // a view of the receive buffer, valid until the handler returns

  std::string_view header(std::string_view name) const { return from->header(name); }
  const http::Request* from = nullptr;  // as the core read it
};

// The answer. Nothing reaches the client before the handlers have ended, so that the answer can have a length.
class Response {
 public:
  // The fields of the answer, until committed().
  http::Response& header() { return *to_; }
  // The status of write(), and of an answer without a body.
  int status = 200;
  bool committed() const { return committed_; }
  // Sends the head. A second call does nothing.
  void write_header(int code);
  void write(std::string_view bytes);

 private:
  friend class ContextImpl;
  http::Response* to_ = nullptr;
  bool committed_ = false;
  std::string body_;
};

// What a handler sees (Echo's interface Context): an abstract base, so each call is one through a table. The framework
// has one implementation, whose objects come from a pool. Valid until the handler returns.
class Context {
 public:
  virtual ~Context() = default;

  virtual Request& request() = 0;
  virtual Response& response() = 0;
  // The pattern of the route, such as "/users/:id"; empty before the lookup and without a route.
  virtual std::string_view path() const = 0;
  virtual std::string_view param(std::string_view name) const = 0;
  virtual std::span<const std::string> param_names() const = 0;
  virtual std::span<const std::string_view> param_values() const = 0;
  // The decoded value of a query parameter; empty if there is none. Valid until the next call.
  virtual std::string_view query_param(std::string_view name) = 0;
  virtual bool has_query_param(std::string_view name) const = 0;

  // Values that middleware hands to handlers. get() is null if there is none.
  virtual const std::any* get(std::string_view key) const = 0;
  virtual void set(std::string key, std::any value) = 0;

  // The answers. They return null, or the error with which the answer could not be made.
  virtual Error string(int code, std::string_view text) = 0;
  virtual Error html(int code, std::string_view text) = 0;
  // As Go's encoding/json writes it, with a newline; indented in the mode `debug` or for the query parameter `pretty`.
  virtual Error json(int code, const Value& value) = 0;
  virtual Error blob(int code, std::string_view content_type, std::string_view bytes) = 0;
  virtual Error no_content(int code) = 0;
  // An error unless the code is between 300 and 308.
  virtual Error redirect(int code, std::string_view location) = 0;
  // Hands the error to the error handler of the application.
  virtual void error(const Error& error) = 0;
};

}  // namespace duel::echo

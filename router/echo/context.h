// For applications in the style of Echo: what handlers and middleware see of a request and its answer.
#pragma once

#include <any>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "http/static_directory.h"
#include "router/echo/error.h"
#include "router/echo/value.h"
#include "router/url/url.h"

namespace duel::echo {

class Context;

// A handler returns null, or an error that becomes the answer. All workers call the same object, so it must not change.
using HandlerFunc = std::function<Error(Context&)>;
// Makes a handler that runs code around `next`. It is called for each request, so `next` is valid only until the
// handler returns. A shorter name for a list is Middleware (echo.h).
using MiddlewareFunc = std::function<HandlerFunc(HandlerFunc next)>;

// A request. Its members are copies, so that middleware can change them. A change before the lookup (Echo::pre) changes
// which route is found. Valid until the handler returns.
struct Request {
  std::string method;
  std::string host;
  url::Url url;
  std::string_view body;  // a view of the receive buffer

  std::string_view header(std::string_view name) const { return from->header(name); }
  const http::Request* from = nullptr;  // as the core read it
};

// The path by which routes are found (Echo's GetPath): as sent if its escapes are unusual, otherwise decoded.
inline std::string_view routed_path(const Request& request) {
  return request.url.raw_path.empty() ? request.url.path : request.url.raw_path;
}

// The answer. The core gets it after the error handler has run, so that it can have a length. Therefore nothing reaches
// the client before, and a change of header() after committed() is sent; net/http would ignore it.
class Response {
 public:
  http::Response& header() { return *to_; }  // the fields
  // The status of write() and of an answer without a body.
  int status = 200;
  // Whether the status is decided. Then the error handler leaves the answer as it is.
  bool committed() const { return committed_; }
  // Decides the status. Has no effect if it is decided already.
  void write_header(int code);
  // Appends to the body. The bytes are copied.
  void write(std::string_view bytes);

 private:
  friend class ContextImpl;
  http::Response* to_ = nullptr;
  bool committed_ = false;
  std::string body_;
};

// What a handler sees (Echo's interface Context). An abstract base, as in Echo: each call is a virtual call, and a
// program can pass a context of its own to its handlers. The engine's contexts come from a pool. A context, and each
// view that it returns, is valid until the handler returns. For the thread of its worker.
class Context {
 public:
  virtual ~Context() = default;

  virtual Request& request() = 0;
  virtual Response& response() = 0;
  // The pattern of the route, such as "/users/:id". Empty before the lookup and without a route.
  virtual std::string_view path() const = 0;
  // A parameter of the route; empty if there is none with this name. Not decoded if the path was sent with unusual
  // escapes: Echo then routes by the path as sent (request().url.raw_path).
  virtual std::string_view param(std::string_view name) const = 0;
  virtual std::span<const std::string> param_names() const = 0;
  virtual std::span<const std::string_view> param_values() const = 0;
  // The decoded value of a query parameter; empty if there is none. Valid until the next call.
  virtual std::string_view query_param(std::string_view name) = 0;
  virtual bool has_query_param(std::string_view name) const = 0;

  // Values that middleware passes to handlers. get() returns null if there is none.
  virtual const std::any* get(std::string_view key) const = 0;
  virtual void set(std::string key, std::any value) = 0;

  // The answers. Each appends to the body. Each sets Content-Type, unless the handler has set it already. They return
  // null, or the error with which the answer could not be made.
  virtual Error string(int code, std::string_view text) = 0;
  virtual Error html(int code, std::string_view text) = 0;
  // Writes the value with Echo::json_serializer; indented with Options::debug or the query parameter `pretty`.
  virtual Error json(int code, const Value& value) = 0;
  virtual Error json_pretty(int code, const Value& value, std::string_view indent) = 0;
  virtual Error json_blob(int code, std::string_view json) = 0;
  virtual Error blob(int code, std::string_view content_type, std::string_view bytes) = 0;
  virtual Error no_content(int code) = 0;
  // Returns an error unless the code is between 300 and 308.
  virtual Error redirect(int code, std::string_view location) = 0;
  // Answers with a file, as StaticDirectory::serve() does: with conditional requests, ranges and redirects of
  // directories. `path` is decoded. Returns not_found_error() if there is no such file.
  virtual Error file(const http::StaticDirectory& directory, std::string_view path) = 0;
  // Gives the error to the error handler of the application at once. For middleware that must see the final status.
  virtual void error(const Error& error) = 0;
};

}  // namespace duel::echo

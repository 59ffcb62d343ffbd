#pragma once

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/request.h"
#include "router/nethttp/header.h"
#include "router/url/url.h"

namespace duel::nethttp {

// Values that middleware hands to handlers (Go's context.Context, with its values alone): a list that grows at its
// front. Each value allocates.
class Context {
 public:
  Context() = default;  // without values
  // The values of `parent` and one more (Go's context.WithValue).
  Context(std::shared_ptr<const Context> parent, std::string key, std::any value)
      : parent_(std::move(parent)), key_(std::move(key)), value_(std::move(value)) {}
  // The last value with this key; null if there is none.
  const std::any* value(std::string_view key) const;

 private:
  std::shared_ptr<const Context> parent_;
  std::string key_;
  std::any value_;
};

// A request (Go's http.Request). Everything in it is made anew for each request, as in net/http: the URL, the map of
// the fields, the context. Handlers may change it.
struct Request {
  std::string method;
  url::Url url;
  std::string proto;  // "HTTP/1.1"
  Header header;      // without Host
  std::string host;
  std::string request_uri;  // the target as sent
  std::string_view body;    // a view of the receive buffer, valid until the handler returns
  std::shared_ptr<const Context> context;
  // Of the route, set by the mux. Like a Go string it shares its text: with the mux, or with `own_pattern`.
  std::string_view pattern;
  std::shared_ptr<const std::string> own_pattern;  // a text that no route has; null: there is none

  // The value of a wildcard of the pattern; empty without such a wildcard (ServeMux alone).
  std::string_view path_value(std::string_view name) const;
  std::map<std::string, std::string, std::less<>> path_values;
};

// For Engine: a new request. Null if Go's server would answer 400 for its target.
std::unique_ptr<Request> make_request(const http::Request& from);

}  // namespace duel::nethttp

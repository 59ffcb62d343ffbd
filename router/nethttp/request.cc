#include "router/nethttp/request.h"

#include "http/grammar/ascii.h"

namespace duel::nethttp {

const std::any* Context::value(std::string_view key) const {
  for (const Context* at = this; at != nullptr; at = at->parent_.get()) {
    if (at->value_.has_value() && at->key_ == key) return &at->value_;
  }
  return nullptr;
}

std::string_view Request::path_value(std::string_view name) const {
  const auto found = path_values.find(name);
  return found == path_values.end() ? std::string_view() : found->second;
}

std::unique_ptr<Request> make_request(const http::Request& from) {
  auto request = std::make_unique<Request>();
  if (!url::parse_target(from.method_name, from.target, request->url)) return nullptr;
  request->method = from.method_name;
  request->proto = from.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1";
  for (const http::Field field : from.fields) {
    if (!http::grammar::equal_fold_ascii(field.name, "Host")) request->header.add(field.name, field.value);
  }
  request->host = request->url.host.empty() ? from.host : std::string_view(request->url.host);
  request->request_uri = from.target;
  request->body = from.body;
  request->context = std::make_shared<Context>();
  return request;
}

}  // namespace duel::nethttp

#include "router/gin/request_copy.h"

#include <algorithm>
#include <cstring>

namespace duel::gin {
namespace internal {
namespace {

class Copier {
 public:
  explicit Copier(char* to) : begin_(to), to_(to) {}
  std::string_view operator()(std::string_view bytes) {
    const char* const at = to_;
    to_ = std::copy(bytes.begin(), bytes.end(), to_);
    return {at, bytes.size()};
  }
  uint32_t size() const { return static_cast<uint32_t>(to_ - begin_); }

 private:
  char* begin_;
  char* to_;
};

size_t size_of(const http::Request& request) {
  size_t size = request.method_name.size() + request.target.size() + request.path.size() + request.query.size() +
                request.host.size() + request.body.size();
  for (const http::Field field : request.fields) size += field.name.size() + field.value.size();
  return size;
}

}  // namespace

OwnedRequest::OwnedRequest(const http::Request& from)
    : bytes(std::make_unique_for_overwrite<char[]>(size_of(from))), request_bytes(from) {
  Copier copy(bytes.get());
  // The fields come first, because a FieldSpan cannot hold an offset that is beyond a large body.
  for (const http::Field field : from.fields) {
    http::FieldSpan span{};
    span.name_at = copy.size();
    span.name_size = static_cast<uint16_t>(copy(field.name).size());
    span.value_at = copy.size();
    span.value_size = static_cast<uint16_t>(copy(field.value).size());
    spans.push_back(span);
  }
  request_bytes.fields = {bytes.get(), spans.data(), spans.size()};
  for (std::string_view http::Request::*const part :
       {&http::Request::method_name, &http::Request::target, &http::Request::path, &http::Request::query,
        &http::Request::host, &http::Request::body}) {
    request_bytes.*part = copy(from.*part);
  }
  request_bytes.socket = -1;  // it may belong to another client when the copy is used
}

}  // namespace internal

RequestCopy::RequestCopy(Input& from) : OwnedRequest(from.request()), Input(from, request_bytes, arena_bytes) {}

}  // namespace duel::gin

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/accounts.h"
#include "http/handler.h"

namespace duel::servers::admin {

// The paths of the admin port. Filled before the server starts and then read only; what it calls runs on the admin
// thread, one request after the other, and takes its time elsewhere (http::Response::defer_answer).
//
// Other paths get 404, other methods 405 with Allow; HEAD is answered where GET is. Web pages of other origins get
// 403: a name in Host that is not this machine's (DNS rebinding), a Sec-Fetch-Site that is not ours (W3C Fetch
// Metadata), a POST with a foreign Origin.
class Mux : public http::Handler {
 public:
  using Function = std::function<void(const http::Request& request, http::Response& response)>;

  struct Entry {
    http::Method method;
    std::string path;  // without query, matched whole
    std::string what;  // one line for people
    Function function;
  };

  // At most one of a method and a path. `method` is kGet or kPost.
  void add(http::Method method, std::string path, std::string what, Function function);
  // In the order of adding.
  const std::vector<Entry>& entries() const { return entries_; }

  void handle(const http::Request& request, http::Response& response) override;

 private:
  std::vector<Entry> entries_;
  const alloc::AccountId account_ = alloc::open_account("(admin)");  // what is asked here is no unmatched request
};

// The value of `name` in a query, percent-decoding aside; empty if it is not there.
std::string_view query_value(std::string_view query, std::string_view name);

// Answers, each with its Content-Type, never stored by caches.
void answer_text(http::Response& response, int status, std::string_view text);  // adds the newline
void answer_with(http::Response& response, std::string_view content_type, std::string_view body);

}  // namespace duel::servers::admin

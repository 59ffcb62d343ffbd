#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/accounts.h"
#include "http/handler.h"

namespace duel::servers::admin {

// The paths of the admin port. It is filled before the server starts and does not change afterwards. Functions run on
// the admin port's thread, one after the other, so slow work must go to another thread (http::Response::defer_answer).
//
// Other paths get 404, other methods 405 with Allow. HEAD works wherever GET does. Requests of web pages from other
// origins get 403: if Host is not a name of this machine (DNS rebinding), if Sec-Fetch-Site names another site (W3C
// Fetch Metadata), or if a POST has another Origin.
class Mux : public http::Handler {
 public:
  using Function = std::function<void(const http::Request& request, http::Response& response)>;

  struct Entry {
    http::Method method;
    std::string path;  // without the query; must be equal to the path of the request
    std::string what;  // a description of one line
    Function function;
  };

  // Adds one function per method and path. `method` is kGet or kPost.
  void add(http::Method method, std::string path, std::string what, Function function);
  // In the order of the calls of add().
  const std::vector<Entry>& entries() const { return entries_; }

  void handle(const http::Request& request, http::Response& response) override;
  bool answer_head(const http::Request& request, http::Response& response) override;

 private:
  const Entry* find(const http::Request& request, http::Response& response) const;

  std::vector<Entry> entries_;
  const alloc::AccountId account_ = alloc::open_account("(admin)");  // not counted as unmatched requests
};

// The value of `name` in a query, without percent-decoding; empty if there is none.
std::string_view query_value(std::string_view query, std::string_view name);

// Both set the Content-Type and forbid caching.
void answer_text(http::Response& response, int status, std::string_view text);  // adds the newline
void answer_with(http::Response& response, std::string_view content_type, std::string_view body);

}  // namespace duel::servers::admin

#pragma once

#include <memory>
#include <string_view>

#include "router/nethttp/serve_mux.h"
#include "router/nethttp/serve_mux121.h"
#include "servers/demo/demo.h"
#include "servers/demo/users.h"

// The demo in the style of net/http. Its handlers do not depend on the mux; each mux has a file that registers them.
namespace duel::servers::demo {

// The handlers and the objects that they use. All workers share it.
class NetHttpDemo {
 public:
  explicit NetHttpDemo(const Setup& setup);

  void list(nethttp::ResponseWriter& writer, std::string_view length) const;
  void show_row(nethttp::ResponseWriter& writer, std::string_view id) const;
  void keep_item(nethttp::ResponseWriter& writer, std::string_view id) const;
  bool has_items() const { return items_ != nullptr; }
  const nethttp::HandlerPtr& files() const { return files_; }  // for paths that begin with /static

 private:
  nethttp::HandlerPtr files_;
  std::shared_ptr<sql::Pool> users_;
  std::shared_ptr<Items> items_;
};

void send_text(nethttp::ResponseWriter& writer, int status, std::string_view text);
void answer_ping(nethttp::ResponseWriter& writer, nethttp::Request& request);
void answer_json(nethttp::ResponseWriter& writer, nethttp::Request& request);
void answer_echo(nethttp::ResponseWriter& writer, nethttp::Request& request);
// Answers a request whose path has no route with its method. `allow` is the list of the methods for which the path has
// a route, as a value of Allow. If it is empty, the answer is 404. Otherwise OPTIONS is answered with it (RFC 9110
// §9.3.7), and other methods with 405 (§15.5.6), or with 501 if no route has the method (§9.1).
void refuse(nethttp::ResponseWriter& writer, const nethttp::Request& request, std::string_view allow);
// Refuses the PUT of a part of a resource. Returns false for other requests.
bool refuse_partial_put(nethttp::ResponseWriter& writer, const nethttp::Request& request);

// The same routes in the patterns of each mux.
void add_routes(nethttp::ServeMux121& mux, const std::shared_ptr<const NetHttpDemo>& demo);
void add_routes(nethttp::ServeMux& mux, const std::shared_ptr<const NetHttpDemo>& demo);

}  // namespace duel::servers::demo

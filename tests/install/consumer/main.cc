// A program that uses the installed libraries. It runs three servers and sends requests to each: one with a plain
// http::Handler, one in the Gin style and one in the Beego style. tests/install/check compiles it with other flags than
// the libraries. So it uses pools, arenas and containers: inline functions of the program and functions of the
// libraries change them together.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "http/server.h"
#include "router/beego/app.h"
#include "router/beego/engine.h"
#include "router/beego/orm/orm.h"
#include "router/gin/engine.h"

namespace {

using duel::http::HandlerFactory;

class Bare final : public duel::http::Handler {
 public:
  void handle(const duel::http::Request& request, duel::http::Response& response) override {
    response.end("hello from " + std::string(request.path.substr(1)));
  }
};

void greet(duel::gin::Context& c) {
  c.string(200, "hello from " + std::string(c.param("name")));
}

inline void count(duel::gin::Context& c) {
  c.set_header("X-Query", c.query("q"));
  c.next();
}
template <int kNumber>
void number(duel::gin::Context& c) {
  c.string(200, "{} {}", kNumber, c.param("name"));
}

constexpr auto kRoutes =
    duel::gin::router(duel::gin::get("/:name", greet), duel::gin::get("/:name/one", count, number<1>),
                      duel::gin::get("/:name/two", count, number<2>));

struct Visit {
  int64_t id = 0;
  std::string name;
  static duel::beego::orm::Model reflect() {
    return duel::beego::orm::Model::of<Visit>("visit").auto_pk("id", &Visit::id).field("name", &Visit::name);
  }
};

struct Visits {
  duel::sql::Pool pool{{.file = ":memory:"}};
  duel::beego::orm::Database database{pool};
  Visits() {
    database.register_model<Visit>();
    database.run_sync_db();
  }
};

HandlerFactory beego() {
  auto app = std::make_shared<duel::beego::App>();
  auto visits = std::make_shared<Visits>();
  app->get("/:name", [visits](duel::beego::Context& c) {
    Visit visit{.name = std::string(c.input.param(":name"))};
    const auto orm = visits->database.new_orm();
    orm->insert(visit);
    std::vector<Visit> all;
    orm->query_table<Visit>().filter("name", visit.name).all(all);
    c.output.body("hello from " + all.at(0).name);
  });
  return [app] { return std::make_unique<duel::beego::Engine>(app); };
}

std::string ask(uint16_t port, std::string_view request) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return "no connection";
  if (write(client, request.data(), request.size()) != static_cast<ssize_t>(request.size())) return "no request";
  std::string answer;
  char piece[4096];
  for (ssize_t size = 0; (size = read(client, piece, sizeof piece)) > 0;)
    answer.append(piece, static_cast<size_t>(size));
  close(client);
  return answer;
}

struct Exchange {
  std::string_view target;
  std::string_view status;
  std::string_view end;  // of the answer
};
constexpr Exchange kGreeting{"/world", "200", "hello from world"};

// Sends each request three times, because the contexts and connections of a pool fail at their second use.
bool serves(const HandlerFactory& handler, std::initializer_list<Exchange> exchanges) {
  duel::http::ServerOptions options;
  options.host = "127.0.0.1";
  options.port = 0;
  duel::http::Server server(options, handler);
  std::thread worker([&server] { server.run(); });
  bool right = true;
  for (int i = 0; i < 3; ++i) {
    for (const auto& [target, status, end] : exchanges) {
      const std::string answer =
          ask(server.port(), "GET " + std::string(target) + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
      std::puts(answer.c_str());
      right = right && answer.starts_with("HTTP/1.1 " + std::string(status) + " ") && answer.ends_with(end);
    }
  }
  server.stop();
  worker.join();
  return right;
}

}  // namespace

int main() {
  const bool bare = serves([] { return std::make_unique<Bare>(); }, {kGreeting});
  const bool gin = serves([] { return std::make_unique<duel::gin::Engine<kRoutes>>(/*pool=*/true); },
                          {kGreeting,
                           {"/world/", "301", ""},
                           {"/a%20b/one?q=%41", "200", "1 a b"},
                           {"/world/two/?q=1", "301", ""},
                           {"/nowhere/at/all", "404", "404 page not found"}});
  const bool beego_style = serves(beego(), {kGreeting, {"/nowhere/at/all", "404", ""}});
  return bare && gin && beego_style ? 0 : 1;
}

// A program that uses the installed libraries. It runs three servers and sends a request to each: one with a plain
// http::Handler, one in the Gin style and one in the Beego style.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "http/server.h"
#include "router/beego/app.h"
#include "router/beego/engine.h"
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

constexpr auto kRoutes = duel::gin::router(duel::gin::get("/:name", greet));

HandlerFactory beego() {
  auto app = std::make_shared<duel::beego::App>();
  app->get("/:name",
           [](duel::beego::Context& c) { c.output.body("hello from " + std::string(c.input.param(":name"))); });
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

bool greets(const HandlerFactory& handler) {
  duel::http::ServerOptions options;
  options.host = "127.0.0.1";
  options.port = 0;
  duel::http::Server server(options, handler);
  std::thread worker([&server] { server.run(); });
  const std::string answer = ask(server.port(), "GET /world HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  server.stop();
  worker.join();
  std::puts(answer.c_str());
  return answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello from world");
}

}  // namespace

int main() {
  const bool bare = greets([] { return std::make_unique<Bare>(); });
  const bool gin = greets([] { return std::make_unique<duel::gin::Engine<kRoutes>>(/*pool=*/true); });
  return bare && gin && greets(beego()) ? 0 : 1;
}

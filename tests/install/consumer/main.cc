// A server of one's own on the installed core: answers "hello", asks itself once, and ends.

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

namespace {

class Hello final : public duel::http::Handler {
 public:
  void handle(const duel::http::Request& request, duel::http::Response& response) override {
    response.end("hello from " + std::string(request.path));
  }
};

std::string ask(uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return "no connection";
  constexpr std::string_view kRequest = "GET /world HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
  if (write(client, kRequest.data(), kRequest.size()) != static_cast<ssize_t>(kRequest.size())) return "no request";
  std::string answer;
  char piece[4096];
  for (ssize_t size = 0; (size = read(client, piece, sizeof piece)) > 0;)
    answer.append(piece, static_cast<size_t>(size));
  close(client);
  return answer;
}

}  // namespace

int main() {
  duel::http::ServerOptions options;
  options.host = "127.0.0.1";
  options.port = 0;
  duel::http::Server server(options, [] { return std::make_unique<Hello>(); });
  std::thread worker([&server] { server.run(); });
  const std::string answer = ask(server.port());
  server.stop();
  worker.join();
  std::puts(answer.c_str());
  return answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("hello from /world") ? 0 : 1;
}

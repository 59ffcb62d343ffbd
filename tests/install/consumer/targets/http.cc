#include "http/server.h"

class Hello final : public duel::http::Handler {
 public:
  void handle(const duel::http::Request&, duel::http::Response& response) override { response.end("hello"); }
};

int main() {
  duel::http::Server server({.port = 8080}, [] { return std::make_unique<Hello>(); });
  server.run();
}

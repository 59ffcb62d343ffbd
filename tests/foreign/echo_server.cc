// Answers each request with what the parser made of it, as JSON; texts are hexadecimal, so any byte can be compared.
// Prints its port. Ends at the end of its standard input. tests/foreign/run compares the answers with what other
// people's suites expect.
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "http/server.h"

namespace duel::foreign {
namespace {

std::string hex(std::string_view bytes) {
  std::string text = "\"";
  for (const char byte : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(byte);
    text += {kDigits[code >> 4U], kDigits[code & 15U]};
  }
  return text + "\"";
}

class EchoHandler : public http::Handler {
 public:
  void handle(const http::Request& request, http::Response& response) override {
    std::string fields;
    for (const http::Field& field : request.fields) {
      fields += (fields.empty() ? "[" : ",[") + hex(field.name) + "," + hex(field.value) + "]";
    }
    response.set("Content-Type", "application/json");
    response.end("{\"method\":" + hex(request.method_name) + ",\"target\":" + hex(request.target) +
                 ",\"minor\":" + std::to_string(request.minor_version) + ",\"fields\":[" + fields +
                 "],\"body\":" + hex(request.body) + "}");
  }
};

int serve() {
  http::ServerOptions options;
  options.host = "127.0.0.1";
  options.port = 0;
  http::Server server(options, [] { return std::make_unique<EchoHandler>(); });
  const std::jthread waits_for_end([&server] {
    while (std::getchar() != EOF) {
    }
    server.stop_now();
  });
  server.run([&server] {
    std::printf("%d\n", server.port());
    std::fflush(stdout);
  });
  return 0;
}

}  // namespace
}  // namespace duel::foreign

int main() {
  return duel::foreign::serve();
}

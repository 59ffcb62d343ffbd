#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/e2e/server_process.h"
#include "tests/http/wire.h"

namespace duel::e2e {

struct Reply {
  http::testing::ResponseHead head;
  std::string body;  // unchunked
  std::string raw;   // head and body as received

  int status() const { return head.status; }
  std::string field(std::string_view name) const { return head.value(name); }
};

// How a connection ended.
enum class Ending : uint8_t { kClosed, kReset, kStillOpen };

// A TCP client that shows the wire as it is. Every wait is bounded by kPatience and then throws.
class Client {
 public:
  struct Options {
    int source = 1;          // connects from 127.0.0.SOURCE: ports for tens of thousands of connections
    int receive_buffer = 0;  // SO_RCVBUF in bytes before connecting; 0: the system's
  };

  explicit Client(uint16_t port) : Client(port, Options()) {}
  Client(uint16_t port, Options options);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Nothing if the connection was refused.
  static std::optional<Client> try_connect(uint16_t port);

  // All of it, however slowly the server takes it. Throws if the server is gone.
  void send(std::string_view bytes);
  // All of it, byte by byte, each in a segment of its own (TCP_NODELAY).
  void send_bytewise(std::string_view bytes);
  // As much as is taken before the server takes nothing for `quiet`; how much that was.
  size_t send_until_blocked(std::string_view bytes, std::chrono::milliseconds quiet);

  // The next response, by its own framing. `request_was_head`: without body, whatever its Content-Length.
  // Interim responses (1xx) are given as any other.
  Reply receive(bool request_was_head = false);
  // A request and its response.
  Reply get(const std::string& path, const std::string& fields = {});
  Reply roundtrip(std::string_view request, bool request_was_head = false);

  // Everything up to the end of the connection, which has to come.
  std::string receive_to_end();
  // Waits for the server to close; bytes that come first stay to be read.
  Ending wait_for_end(std::chrono::milliseconds patience = kPatience);
  // Waits for some bytes more, up to 64 KiB, and keeps them; false at the end.
  bool receive_piece();
  // True if bytes or the end are there within the time.
  bool readable(std::chrono::milliseconds patience);
  // What is received and not yet given.
  const std::string& pending() const { return received_; }

  void shut_down_sending();  // half-close
  void reset();              // closes with RST
  void close();

 private:
  explicit Client(int socket) : socket_(socket) {}
  int socket_ = -1;
  bool reset_by_server_ = false;
  std::string received_;
};

// When it returns, every worker has answered GET /ping, so that it has received all that was sent before. The kernel
// spreads connections over workers by chance: so many are made that one in a million calls leaves a certain worker out.
void synchronise(uint16_t port, unsigned workers);

// Shortest requests of their kind.
std::string get_request(const std::string& path, const std::string& fields = {});
std::string post_request(const std::string& path, std::string_view body, const std::string& fields = {});
// One chunk for each `size` bytes of the body.
std::string chunked_request(const std::string& path, std::string_view body, size_t size);

}  // namespace duel::e2e

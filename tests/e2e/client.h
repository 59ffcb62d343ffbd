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
  std::string body;  // without chunk framing
  std::string raw;   // head and body as received

  int status() const { return head.status; }
  std::string field(std::string_view name) const { return head.value(name); }
};

// How a connection ended.
enum class Ending : uint8_t { kClosed, kReset, kStillOpen };

// A TCP client that shows the received bytes unchanged. Every wait throws after Options::patience.
class Client {
 public:
  struct Options {
    int source = 1;  // connects from 127.0.0.SOURCE, to have enough ports for tens of thousands of connections
    std::chrono::milliseconds patience = kPatience;  // of every wait
    int receive_buffer = 0;  // SO_RCVBUF in bytes, set before connecting; 0: the system's default
  };

  explicit Client(uint16_t port) : Client(port, Options()) {}
  Client(uint16_t port, Options options);
  ~Client();
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Empty if the connection was refused.
  static std::optional<Client> try_connect(uint16_t port);

  // Sends all bytes, even if the server reads slowly. Throws if the server has closed the connection.
  void send(std::string_view bytes);
  // Sends all bytes, each in its own segment (TCP_NODELAY).
  void send_bytewise(std::string_view bytes);
  // Sends until the server has accepted no byte for `quiet`. Returns the number of sent bytes.
  size_t send_until_blocked(std::string_view bytes, std::chrono::milliseconds quiet);

  // Waits for the next complete response and returns it, also if it is an interim response (1xx). Set
  // `request_was_head` for the response to HEAD: it has no body, although it may have a Content-Length.
  Reply receive(bool request_was_head = false);
  // Sends a request and returns its response.
  Reply get(const std::string& path, const std::string& fields = {});
  Reply roundtrip(std::string_view request, bool request_was_head = false);

  // All bytes up to the end of the connection. Throws if the connection does not end.
  std::string receive_to_end();
  // Waits until the server closes; the bytes before the end can still be read.
  Ending wait_for_end(std::chrono::milliseconds patience = kPatience);
  // Waits for more bytes, at most `max` of them, and keeps them; false at the end of the connection.
  bool receive_piece(size_t max = kPieceBytes);
  // True if bytes or the end of the connection arrive within `patience`.
  bool readable(std::chrono::milliseconds patience);
  // The bytes that were received and not returned.
  const std::string& pending() const { return received_; }

  void shut_down_sending();  // half-closes
  void reset();              // closes with a reset
  void close();

 private:
  static constexpr size_t kPieceBytes = 64 * 1024;

  explicit Client(int socket) : socket_(socket) {}
  int socket_ = -1;
  std::chrono::milliseconds patience_ = kPatience;
  bool reset_by_server_ = false;
  std::string received_;
};

// When it returns, every worker has answered GET /ping, so the server has received all bytes that were sent before. The
// kernel distributes connections among the workers at random. The number of connections is so large that the
// probability that a given worker gets no connection is one in a million.
void synchronise(uint16_t port, unsigned workers);

// Minimal requests.
std::string get_request(const std::string& path, const std::string& fields = {});
std::string post_request(const std::string& path, std::string_view body, const std::string& fields = {});
// One chunk per `size` bytes of the body.
std::string chunked_request(const std::string& path, std::string_view body, size_t size);

}  // namespace duel::e2e

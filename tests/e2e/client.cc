#include "tests/e2e/client.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "http/grammar/ascii.h"
#include "http/request.h"

namespace duel::e2e {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int milliseconds(std::chrono::milliseconds time) {
  return static_cast<int>(time.count());
}

sockaddr_in loopback(int last_number, uint16_t port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl((127U << 24U) | static_cast<uint32_t>(last_number));
  return address;
}

int make_socket(Client::Options options) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  if (options.receive_buffer != 0) {
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof(options.receive_buffer));
  }
  sockaddr_in source = loopback(options.source, 0);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&source), sizeof(source)) != 0) fail("bind");
  return socket;
}

bool connect_to(int socket, uint16_t port) {
  sockaddr_in address = loopback(1, port);
  return ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

bool has_no_body(int status, bool request_was_head) {
  return request_was_head || status < 200 || status == 204 || status == 304;
}

}  // namespace

Client::Client(uint16_t port, Options options) : socket_(make_socket(options)), patience_(options.patience) {
  if (!connect_to(socket_, port)) fail("connect");
}

Client::Client(Client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      patience_(other.patience_),
      reset_by_server_(other.reset_by_server_),
      received_(std::move(other.received_)) {}

Client::~Client() {
  close();
}

std::optional<Client> Client::try_connect(uint16_t port) {
  Client client(make_socket({}));
  if (connect_to(client.socket_, port)) return client;
  if (errno != ECONNREFUSED && errno != ECONNRESET) fail("connect");
  return std::nullopt;
}

void Client::send(std::string_view bytes) {
  const size_t sent = send_until_blocked(bytes, patience_);
  if (sent != bytes.size()) throw std::runtime_error("the server accepts no more bytes");
}

void Client::send_bytewise(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) send(bytes.substr(i, 1));
}

size_t Client::send_until_blocked(std::string_view bytes, std::chrono::milliseconds quiet) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t size = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size > 0) {
      sent += static_cast<size_t>(size);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) fail("send");
    pollfd ready{.fd = socket_, .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, milliseconds(quiet)) == 0) break;
  }
  return sent;
}

bool Client::readable(std::chrono::milliseconds patience) {
  pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&ready, 1, milliseconds(patience)) > 0;
}

bool Client::receive_piece(size_t max) {
  if (!readable(patience_)) {
    throw std::runtime_error("the server sends nothing; received so far: " + received_.substr(0, 1'000));
  }
  char bytes[kPieceBytes];
  const ssize_t size = ::recv(socket_, bytes, std::min(max, sizeof(bytes)), 0);
  if (size > 0) received_.append(bytes, static_cast<size_t>(size));
  if (size < 0 && errno != ECONNRESET) fail("recv");
  reset_by_server_ = reset_by_server_ || size < 0;
  return size > 0;
}

Reply Client::receive(bool request_was_head) {
  const auto more = [this](const char* part) {
    if (receive_piece()) return;
    throw std::runtime_error(std::string("the connection ended ") + (reset_by_server_ ? "by a reset " : "") +
                             "in the " + part + "; received: " + received_.substr(0, 1'000));
  };
  Reply reply;
  while (received_.find("\r\n\r\n") == std::string::npos) more("head");
  const auto head = http::testing::read_response_head(received_);
  if (!head) throw std::runtime_error("malformed head: " + received_.substr(0, 1'000));
  reply.head = *head;
  size_t size = head->size;
  if (has_no_body(head->status, request_was_head)) {
    // The head is the whole response.
  } else if (http::grammar::equal_fold_ascii(head->value("Transfer-Encoding"), "chunked")) {
    auto chunks = http::testing::read_chunked(std::string_view(received_).substr(size));
    while (!chunks) {
      more("chunked body");
      chunks = http::testing::read_chunked(std::string_view(received_).substr(size));
    }
    reply.body = chunks->body;
    size += chunks->size;
  } else if (head->count("Content-Length") == 1) {
    const size_t length = std::stoull(head->value("Content-Length"));
    while (received_.size() < size + length) more("body");
    reply.body = received_.substr(size, length);
    size += length;
  } else {
    while (receive_piece()) {
    }
    reply.body = received_.substr(size);
    size = received_.size();
  }
  reply.raw = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

Reply Client::roundtrip(std::string_view request, bool request_was_head) {
  send(request);
  return receive(request_was_head);
}

Reply Client::get(const std::string& path, const std::string& fields) {
  return roundtrip(get_request(path, fields));
}

std::string Client::receive_to_end() {
  while (receive_piece()) {
  }
  return std::exchange(received_, {});
}

Ending Client::wait_for_end(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (!readable(left)) continue;
    if (!receive_piece()) return reset_by_server_ ? Ending::kReset : Ending::kClosed;
  }
  return Ending::kStillOpen;
}

void Client::shut_down_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void Client::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

void Client::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void synchronise(uint16_t port, unsigned workers) {
  constexpr unsigned kAWorker = 12;
  const unsigned connections = workers == 1 ? 1 : kAWorker * workers;
  for (unsigned i = 0; i < connections; ++i) {
    EXPECT_EQ(Client(port).get("/ping", "Connection: close\r\n").status(), 200);
  }
}

std::string get_request(const std::string& path, const std::string& fields) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string post_request(const std::string& path, std::string_view body, const std::string& fields) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields +
         "\r\n" + std::string(body);
}

std::string chunked_request(const std::string& path, std::string_view body, size_t size) {
  std::string request = "POST " + path + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    const std::string_view chunk = body.substr(0, size);
    char digits[16];
    request.append(digits, std::to_chars(digits, digits + sizeof(digits), chunk.size(), 16).ptr);
    request.append("\r\n").append(chunk).append("\r\n");
  }
  return request + "0\r\n\r\n";
}

}  // namespace duel::e2e

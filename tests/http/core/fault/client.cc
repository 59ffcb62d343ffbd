#include "tests/http/core/fault/client.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "tests/http/core/fault/kernel.h"
#include "tests/http/wire.h"

namespace duel::http::testing {
namespace {

constexpr uint32_t kStallOneIn = 20;

// The body after `head`; empty if it is incomplete.
std::optional<Unchunked> read_body(const ResponseHead& head, std::string_view rest) {
  if (head.value("Transfer-Encoding") == "chunked") return read_chunked(rest);
  size_t size = 0;
  const std::string length = head.value("Content-Length");
  std::from_chars(length.data(), length.data() + length.size(), size);
  if (rest.size() < size) return std::nullopt;
  return Unchunked{std::string(rest.substr(0, size)), size};
}

}  // namespace

Client::Client(Script script) : script_(std::move(script)) {
  constexpr size_t kHeadBytes = 300;
  size_t size = 0;
  for (const Expected& expected : script_.expected) size += kHeadBytes + expected.body.size();
  received_.reserve(size);
}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

Client::Client(Client&& other) noexcept
    : script_(std::move(other.script_)), state_(other.state_), socket_(std::exchange(other.socket_, -1)) {}

int Client::connect() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return -1;
  socket_ = ends[0];
  server_end_ = ends[1];
  state_ = State::kOpen;
  return server_end_;
}

bool Client::step(Choices& choices, bool must) {
  if (state_ != State::kOpen) return false;
  if (script_.resets && choices.one_in(kStallOneIn)) {
    disturbed_ = true;
    close();
    return true;
  }
  if (script_.stalls && !stalled_ && choices.one_in(kStallOneIn)) {
    stalled_ = disturbed_ = true;
    deaf_ = choices.one_in(2);
  }
  if (deaf_) return leave_if_closed();
  const bool sends_first = choices.one_in(2);
  if (sends_first && send_some(choices)) return true;
  if ((must || choices.one_in(script_.reads_one_in)) && receive_some(choices)) return true;
  return !sends_first && send_some(choices);
}

// The server can end only in its turn, so one question per turn is enough.
bool Client::server_has_ended() {
  Kernel& kernel = *Kernel::current();
  if (kernel.socket(server_end_).to_client > 0 || open_in_turn_ == kernel.server_turns()) return false;
  char none = 0;
  if (recv(socket_, &none, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN) return true;
  open_in_turn_ = kernel.server_turns();
  return false;
}

bool Client::send_some(Choices& choices) {
  if (stalled_ || shut_ || server_has_ended()) return false;
  Kernel::Socket& connection = Kernel::current()->socket(server_end_);
  if (sent_ == script_.bytes.size()) {
    if (!script_.shuts_down) return false;
    shut_ = connection.client_shut = true;
    shutdown(socket_, SHUT_WR);
    return true;
  }
  constexpr size_t kPieces[] = {1, 20, 700, 5'000};
  const size_t size = std::min({script_.bytes.size() - sent_, choices.size_up_to(kPieces[choices.below(4)]),
                                kSocketBytes - connection.to_server});
  if (size == 0) return false;
  const ssize_t sent = send(socket_, script_.bytes.data() + sent_, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent <= 0) return false;
  sent_ += static_cast<size_t>(sent);
  connection.to_server += static_cast<size_t>(sent);
  return true;
}

bool Client::receive_some(Choices& choices) {
  std::array<char, 16 * 1024> bytes;  // NOLINT: written by recv()
  const size_t most = choices.size_up_to(bytes.size());
  Kernel& kernel = *Kernel::current();
  if (kernel.socket(server_end_).to_client == 0 && open_in_turn_ == kernel.server_turns()) return false;
  const ssize_t size = recv(socket_, bytes.data(), most, MSG_DONTWAIT);
  if (size > 0) {
    kernel.socket(server_end_).to_client -= static_cast<size_t>(size);
    received_.append(bytes.data(), static_cast<size_t>(size));
    return true;
  }
  if (size < 0 && errno == EAGAIN) {
    open_in_turn_ = kernel.server_turns();
    return false;
  }
  close();
  return true;
}

// A client that does not read leaves when the server has closed the connection.
bool Client::leave_if_closed() {
  pollfd events{.fd = socket_, .events = 0, .revents = 0};
  if (poll(&events, 1, 0) != 1 || (events.revents & (POLLHUP | POLLERR)) == 0) return false;
  close();
  return true;
}

void Client::close() {
  ::close(std::exchange(socket_, -1));
  Kernel::Socket& connection = Kernel::current()->socket(server_end_);
  connection.client_shut = connection.client_closed = true;
  state_ = State::kDone;
}

std::string Client::verdict(bool drained) const {
  size_t answers = 0;
  bool last = false;
  std::string_view rest = received_;
  for (; !rest.empty(); ++answers) {
    const auto head = read_response_head(rest);
    const auto body = head ? read_body(*head, rest.substr(head->size)) : std::nullopt;
    if (!body) {
      if (disturbed_) return "";
      return "answer " + std::to_string(answers) + " breaks off: " + std::string(rest.substr(0, 200));
    }
    if (last) return "an answer after the last one";
    last = head->value("Connection") == "close";
    if (answers >= script_.expected.size()) {
      if (disturbed_ && (head->status == 408 || head->status == 500)) return "";
      return "an answer too many: " + head->status_line;
    }
    const Expected& expected = script_.expected[answers];
    if (head->status != expected.status) {
      if (disturbed_ && (head->status == 408 || head->status == 500)) return "";
      return "answer " + std::to_string(answers) + " is " + head->status_line;
    }
    if (body->body != expected.body) {
      return "answer " + std::to_string(answers) + " has " + std::to_string(body->body.size()) + " bytes, not those " +
             std::to_string(expected.body.size());
    }
    rest.remove_prefix(head->size + body->size);
  }
  if (disturbed_ || answers == script_.expected.size()) return "";
  // A server that was stopped must have answered every request that was sent completely, unless an earlier answer
  // announced the end of the connection.
  const size_t sent_whole =
      static_cast<size_t>(std::ranges::count_if(script_.ends, [&](size_t end) { return end <= sent_; }));
  if (drained && (last || answers >= sent_whole)) return "";
  return std::to_string(answers) + " answers of " + std::to_string(script_.expected.size()) + "; " +
         std::to_string(sent_whole) + " requests sent";
}

}  // namespace duel::http::testing

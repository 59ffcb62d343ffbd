// For the worker.
#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "bench/load/address.h"
#include "bench/load/generator.h"
#include "bench/load/transport.h"

namespace duel::load {

// Nanoseconds of CLOCK_MONOTONIC.
int64_t monotonic_ns();

// The transport over io_uring: sockets and one ring. Only for the thread that constructed it.
class RingTransport : public Transport {
 public:
  // Throws StartFailure. `address` must outlive the transport.
  RingTransport(const Address& address, uint32_t connections);
  ~RingTransport() override;
  RingTransport(const RingTransport&) = delete;
  RingTransport& operator=(const RingTransport&) = delete;

  void connect(uint32_t connection) override;
  void send(uint32_t connection, std::string_view bytes) override;
  void close(uint32_t connection) override;

  // Submits what is queued, waits for an event until `until_ns` (CLOCK_MONOTONIC), the last `spin_ns` of it actively,
  // and reports the events to `generator`, with times since `start_ns`. Throws std::system_error if the ring fails.
  void turn(int64_t until_ns, int64_t spin_ns, Generator& generator, int64_t start_ns);

  int64_t spun_ns() const { return spun_ns_; }  // the CPU time that active waiting took

 private:
  enum class Operation : uint8_t { kConnect, kReceive, kSend, kCancel };
  struct Socket {
    int descriptor = -1;
    unsigned pending = 0;  // operations whose completion is missing
    bool closing = false;
    std::string_view sending;
  };

  void register_buffers(unsigned count);
  static uint64_t tag(Operation operation, uint32_t connection) {
    return uint64_t{static_cast<uint8_t>(operation)} << 32 | connection;
  }
  io_uring_sqe* entry();
  void receive(uint32_t connection);
  void cancel_connect(uint32_t connection);
  void submit_and_wait(int64_t wait_ns);
  void spin_until(int64_t until_ns);
  bool has_events() const;
  void report(Generator& generator, int64_t start_ns);
  void complete(const io_uring_cqe& completion, Generator& generator, int64_t now_ns);
  void complete_connect(uint32_t connection, int result, Generator& generator);
  void complete_receive(uint32_t connection, const io_uring_cqe& completion, Generator& generator, int64_t now_ns);
  void complete_send(uint32_t connection, int result, Generator& generator);
  void close_if_idle(uint32_t connection);

  const Address& address_;
  io_uring ring_{};
  std::vector<Socket> sockets_;
  std::vector<char> buffers_;
  io_uring_buf_ring* buffer_ring_ = nullptr;
  unsigned buffer_count_ = 0;
  // Events that have no completion in the ring. turn() reports them, because other functions must not call the
  // generator.
  struct Failed {
    uint32_t connection;
    int error;
  };
  std::vector<Failed> failed_;    // connections without a socket
  std::vector<uint32_t> closed_;  // connections that are closed
  int64_t spun_ns_ = 0;
};

}  // namespace duel::load

#pragma once

#include <liburing.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// Stands in for the kernel: this room defines the functions of liburing that enter it, so http/core runs unchanged.
//
// Nothing depends on time, on chance or on another process. Each call of io_uring_enter(2) completes everything that
// was submitted. Then each client that has all its answers sends its next requests. So each iteration of the server's
// loop does the same work: it reads the results of the last answers, and answers a new request or batch on each
// connection. The clocks stand still while requests are measured.
namespace duel::ruler {

// The head that the clients send.
enum class Head : uint8_t {
  kWrk,       // a request line and Host
  kBrowser,   // ten fields, 388 bytes of a request for /ping; the same from every client
  kBrowsers,  // as kBrowser, and each client has a Cookie of its own
};

struct Load {
  std::string path;
  Head head = Head::kWrk;
  unsigned connections = 1;
  unsigned pipeline = 1;  // requests that a client sends at once
  unsigned turns = 1;     // how many iterations of the server's loop are measured
};

// The functions that the kernel calls.
struct Events {
  std::function<void()> begins;  // from the return of this function on, the server is measured
  std::function<void()> ends;    // it is no longer measured
  std::function<void()> enters;  // the measured server has called the kernel
  std::function<void()> leaves;  // the kernel returns to the measured server
  std::function<void()> stop;    // the server shall end
};

class Kernel {
 public:
  // A program must not have more than one Kernel.
  Kernel(const Load& load, Events events);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  static Kernel& current();

  // The answers to the first requests of one client. Throws std::runtime_error if other answers had another size.
  const std::string& answers() const;
  uint64_t measured_requests() const;

  // The implementations of liburing's functions with these names.
  void queue_init(unsigned entries, io_uring& ring, const io_uring_params& params);
  void register_buf_ring(const io_uring_buf_reg& registration);
  void enter();

 private:
  struct Client {
    int socket = -1;       // the server's descriptor; nothing is read from it or written to it
    bool armed = false;    // the server waits for bytes
    bool waits = false;    // for its answers
    uint64_t receive = 0;  // user_data of the receive
    std::string requests;  // that it sends at once
  };

  void submit();
  void start(const io_uring_sqe& entry);
  void take_answers(const io_uring_sqe& entry);
  Client& client_of(int socket);
  void send_requests();
  void count_turn();
  void complete(uint64_t user_data, int result, uint32_t flags);

  Load load_;
  Events events_;
  std::vector<Client> clients_;
  std::string answers_;
  bool answers_differ_ = false;

  io_uring* ring_ = nullptr;
  std::vector<io_uring_sqe> submissions_;
  std::vector<io_uring_cqe> completions_;
  unsigned submission_flags_ = 0;
  unsigned submission_head_ = 0;
  unsigned submission_tail_ = 0;
  unsigned completion_head_ = 0;
  unsigned completion_tail_ = 0;
  io_uring_buf_ring* buffers_ = nullptr;
  unsigned buffer_mask_ = 0;
  uint16_t buffer_head_ = 0;

  bool connected_ = false;
  unsigned turns_ = 0;  // in which the clients have sent requests
  bool measures_ = false;
  bool stopped_ = false;
};

}  // namespace duel::ruler

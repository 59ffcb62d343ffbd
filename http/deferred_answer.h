// For handlers whose answer takes longer than a worker may be blocked. Another thread gives the answer when it is
// ready.
//
//   void handle(const Request& request, Response& response) {
//     response.defer_answer([](DeferredAnswer deferred) {
//       std::thread([deferred = std::move(deferred)]() mutable { deferred.answer({.body = profile(30s)}); }).detach();
//     });
//   }
//
// Meanwhile the worker serves its other connections. Later requests on this connection wait for the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace duel::http {

class FinishedAnswers;

// A complete answer, which owns its bytes. Fields that belong to the core are ignored, as in Response::add().
struct Answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};
};

// What the core needs of a request when its answer arrives: the connection, and how to frame the answer.
struct DeferredRequest {
  uint32_t slot = 0;
  uint32_t generation = 0;
  bool head_only = false;
  bool keep_alive = true;
  uint8_t minor_version = 1;
  int status_of_overflow = 500;  // Response::status_of_overflow()
};

// The duty to answer one request. Any one thread at a time may hold it, and it may outlive the server. If the client
// has disconnected, or the server has ended, the answer is discarded without an error.
class DeferredAnswer {
 public:
  DeferredAnswer(std::shared_ptr<FinishedAnswers> worker, DeferredRequest request)
      : worker_(std::move(worker)), request_(request) {}
  ~DeferredAnswer();  // answers with 500 if answer() was not called
  DeferredAnswer(DeferredAnswer&&) noexcept = default;
  DeferredAnswer& operator=(DeferredAnswer&&) = delete;

  // The first call counts; further calls do nothing.
  void answer(Answer answer);

 private:
  std::shared_ptr<FinishedAnswers> worker_;  // null: answered, or moved from
  DeferredRequest request_;
};

struct FinishedAnswer {
  DeferredRequest request;
  Answer answer;
};

// A queue: the answers that one worker has to send.
class FinishedAnswers {
 public:
  // `wake` is an eventfd that wakes the worker. The worker owns it and calls close() before it closes the descriptor.
  explicit FinishedAnswers(int wake) : wake_(wake) {}

  void add(FinishedAnswer answer);                   // any thread
  void take_all(std::vector<FinishedAnswer>& into);  // the worker's thread; appends
  void close();                                      // the worker ends; further answers are discarded

 private:
  std::mutex mutex_;
  int wake_;  // -1: closed
  std::vector<FinishedAnswer> answers_;
};

}  // namespace duel::http

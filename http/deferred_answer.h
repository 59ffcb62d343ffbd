#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

// Answers that take longer than a worker may be held up: given by another thread, when they are there.
//
//   void handle(const Request& request, Response& response) {
//     response.answer_later([](Later later) {
//       std::thread([later = std::move(later)]() mutable { later.answer({.body = profile(30s)}); }).detach();
//     });
//   }
//
// Meanwhile the worker serves its other connections. On this connection requests that follow wait for their turn.
namespace duel::http {

class LateAnswers;

// A whole answer, made anywhere. Fields that belong to the core are ignored, as in Response::add().
struct Answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};
};

// What has to be known of a request when its answer comes: which connection, and how to frame it.
struct LateRequest {
  uint32_t slot = 0;
  uint32_t generation = 0;
  bool head_only = false;
  bool keep_alive = true;
  uint8_t minor_version = 1;
};

// The duty to answer one request. Any thread may have it, one at a time; it may outlive the server. A client that went
// away meanwhile gets nothing, and nobody is told.
class Later {
 public:
  Later(std::shared_ptr<LateAnswers> worker, LateRequest request) : worker_(std::move(worker)), request_(request) {}
  ~Later();  // 500 if nobody has answered
  Later(Later&&) noexcept = default;
  Later& operator=(Later&&) = delete;

  void answer(Answer answer);  // once; the second does nothing

 private:
  std::shared_ptr<LateAnswers> worker_;  // null: answered, or moved from
  LateRequest request_;
};

struct LateAnswer {
  LateRequest request;
  Answer answer;
};

// The answers that wait for one worker to send them.
class LateAnswers {
 public:
  // `wake` is an eventfd that wakes the worker.
  explicit LateAnswers(int wake) : wake_(wake) {}

  void put(LateAnswer answer);                   // any thread
  void take_all(std::vector<LateAnswer>& into);  // the worker's
  void close();                                  // there is no worker any more; what comes is thrown away

 private:
  std::mutex mutex_;
  int wake_;  // -1: closed
  std::vector<LateAnswer> answers_;
};

}  // namespace duel::http

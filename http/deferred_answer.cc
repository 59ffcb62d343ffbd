#include "http/deferred_answer.h"

#include <unistd.h>

#include <iterator>

namespace duel::http {

Later::~Later() {
  if (worker_ != nullptr) answer({.status = 500, .fields = {}, .body = {}});
}

void Later::answer(Answer answer) {
  const std::shared_ptr<LateAnswers> worker = std::move(worker_);
  if (worker != nullptr) worker->put({request_, std::move(answer)});
}

void LateAnswers::put(LateAnswer answer) {
  const std::lock_guard lock(mutex_);
  if (wake_ < 0) return;
  answers_.push_back(std::move(answer));
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void LateAnswers::take_all(std::vector<LateAnswer>& into) {
  const std::lock_guard lock(mutex_);
  into.insert(into.end(), std::make_move_iterator(answers_.begin()), std::make_move_iterator(answers_.end()));
  answers_.clear();
}

void LateAnswers::close() {
  const std::lock_guard lock(mutex_);
  wake_ = -1;
  answers_.clear();
}

}  // namespace duel::http

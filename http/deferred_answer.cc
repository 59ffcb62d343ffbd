#include "http/deferred_answer.h"

#include <unistd.h>

#include <iterator>

namespace duel::http {

DeferredAnswer::~DeferredAnswer() {
  if (worker_ != nullptr) answer({.status = 500, .fields = {}, .body = {}});
}

void DeferredAnswer::answer(Answer answer) {
  const std::shared_ptr<FinishedAnswers> worker = std::move(worker_);
  if (worker != nullptr) worker->add({request_, std::move(answer)});
}

void FinishedAnswers::add(FinishedAnswer answer) {
  const std::lock_guard lock(mutex_);
  if (wake_ < 0) return;
  answers_.push_back(std::move(answer));
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void FinishedAnswers::take_all(std::vector<FinishedAnswer>& into) {
  const std::lock_guard lock(mutex_);
  into.insert(into.end(), std::make_move_iterator(answers_.begin()), std::make_move_iterator(answers_.end()));
  answers_.clear();
}

void FinishedAnswers::close() {
  const std::lock_guard lock(mutex_);
  wake_ = -1;
  answers_.clear();
}

}  // namespace duel::http

// For applications in the style of net/http, as nethttp::PatternError.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace duel::nethttp::routing {

// A pattern that cannot be registered (Go panics). what() is one sentence that quotes the pattern and says what is
// wrong.
class PatternError : public std::invalid_argument {
 public:
  // The kinds have the names of the recorded refusals (tests/data/routing/FORMAT.md).
  PatternError(std::string kind, const std::string& sentence, std::vector<size_t> with = {})
      : std::invalid_argument(sentence), kind_(std::move(kind)), with_(std::move(with)) {}
  const std::string& kind() const { return kind_; }
  // The earlier patterns with which it collides, numbered in the order in which they were registered.
  const std::vector<size_t>& with() const { return with_; }

 private:
  std::string kind_;
  std::vector<size_t> with_;
};

}  // namespace duel::nethttp::routing

#pragma once

#include <map>
#include <string>
#include <vector>

namespace duel::gin::routing {

// What comparing the compiled applications with a folder of recorded outcomes gave.
struct Result {
  size_t agreed = 0;
  size_t refusals_agreed = 0;  // refused registrations, judged by the compile-time check
  std::vector<std::string> differences;
  // Requests that are not compared, because the original is wrong: class -> request ids ("case#index"). The class is
  // decided by the naive matcher:
  //   "crashed"            the original crashed
  //   "missed a route"     a full search finds a route for the path and the original does not
  //   "missed another method's route"   the same, for the method that makes 404 a 405
  //   "redirected to nothing"           its Location has no route
  std::map<std::string, std::vector<std::string>> excused;

  size_t excused_count() const;
};

// Runs every request of every case below `folder` through its compiled application. Throws std::runtime_error if the
// folder cannot be read or holds a case that was not compiled in.
Result check(const std::string& folder);

}  // namespace duel::gin::routing

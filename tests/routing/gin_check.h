#pragma once

#include <map>
#include <string>
#include <vector>

namespace duel::gin::routing {

// The result of comparing the compiled applications with a folder of recorded outcomes.
struct Result {
  size_t agreed = 0;
  size_t refusals_agreed = 0;  // refused registrations for which the compile-time check agrees
  std::vector<std::string> differences;
  // Requests that are not compared, because the original is wrong: class -> ids of requests ("case#index"). The naive
  // matcher decides the class:
  //   "crashed"                         the original crashed
  //   "missed a route"                  a complete search finds a route for the path, but the original does not
  //   "missed another method's route"   the same for a route of another method, which makes the status 405
  //   "redirected to nothing"           the original's Location has no route
  std::map<std::string, std::vector<std::string>> excused;

  size_t excused_count() const;
};

// Runs every request of every case in `folder` through its compiled application. Throws std::runtime_error if the
// folder cannot be read or contains a case that was not compiled in.
Result check(const std::string& folder);

}  // namespace duel::gin::routing

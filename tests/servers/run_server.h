#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "tests/e2e/server_process.h"

namespace duel::e2e {

struct Ended {
  int status;
  std::string output;
  std::string error;
};

// Runs the program with these arguments until it ends.
inline Ended run(const std::vector<std::string>& arguments, const std::function<void()>& in_child = {}) {
  std::vector<std::string> command = {server_binary()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Process process(command, in_child);
  const int status = process.wait();
  return {.status = status, .output = process.standard_output(), .error = process.standard_error()};
}

// Expects a refusal: a status that is not 0, one line on standard error, and nothing on standard output.
inline void expect_refusal(const Ended& ended, const std::string& cause) {
  EXPECT_GT(ended.status, 0);
  EXPECT_LT(ended.status, 128) << "ended by a signal";
  EXPECT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
  EXPECT_TRUE(ended.error.starts_with("server: ")) << ended.error;
  EXPECT_TRUE(ended.error.ends_with("\n")) << ended.error;
  EXPECT_THAT(ended.error, ::testing::HasSubstr(cause));
  EXPECT_EQ(ended.output, "");
}

}  // namespace duel::e2e

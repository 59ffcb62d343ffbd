// For programs that start a Server or open a StaticDirectory.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace duel::http {

// The option whose value the user can change to make the start succeed. http/ does not know the program's flags: the
// program adds the name of the flag to the sentence.
enum class StartOption : uint8_t {
  kNone,       // the cause is outside of the options
  kHost,       // ServerOptions::host
  kPort,       // ServerOptions::port
  kThreads,    // ServerOptions::threads
  kDirectory,  // the root of a StaticDirectory
};

// A start that failed. what() is one sentence with the cause and the cure.
class StartError : public std::runtime_error {
 public:
  explicit StartError(const std::string& sentence, StartOption option = StartOption::kNone)
      : std::runtime_error(sentence), option_(option) {}

  StartOption option() const noexcept { return option_; }

 private:
  StartOption option_;
};

// Another socket listens on the port already.
class PortInUse : public StartError {
 public:
  explicit PortInUse(const std::string& sentence) : StartError(sentence, StartOption::kPort) {}
};

}  // namespace duel::http

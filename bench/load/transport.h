// Between the generator and the kernel. Tests replace the kernel by a simulated server.
#pragma once

#include <cstdint>
#include <string_view>

namespace duel::load {

// Opens and closes connections and sends bytes. Connections are numbers from 0. The transport reports to a Generator
// what happens; it must not do so inside one of these functions.
class Transport {
 public:
  virtual ~Transport() = default;

  // Answered by Generator::connected().
  virtual void connect(uint32_t connection) = 0;
  // The bytes stay valid until the answer, Generator::sent(). There is at most one send per connection at a time.
  virtual void send(uint32_t connection, std::string_view bytes) = 0;
  // Answered by Generator::closed(), when no operation of the connection is left.
  virtual void close(uint32_t connection) = 0;
};

}  // namespace duel::load

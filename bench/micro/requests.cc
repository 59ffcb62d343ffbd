#include "bench/micro/requests.h"

#include <utility>

namespace duel::bench {

Requests::Requests(std::unique_ptr<http::Handler> answering, std::span<const Case> cases)
    : handler(std::move(answering)), exchange(*handler) {
  for (const Case& asked : cases) bytes.push_back(request_bytes(http::method_name(asked.method), asked.path));
}

}  // namespace duel::bench

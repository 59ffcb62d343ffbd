// For the generator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace duel::load {

// The connections that can take a request, by the number of requests that they have in flight. Those with the same
// number take turns. Every operation takes constant time for a given depth of the pipeline.
class ReadySet {
 public:
  // `depth`: the number of requests that a connection may have in flight.
  ReadySet(uint32_t connections, uint32_t depth) : links_(connections + depth) {
    for (uint32_t level = 0; level < depth; ++level)
      links_[connections + level] = {connections + level, connections + level};
    first_level_ = connections;
  }

  // The connection must not be in the set. `in_flight` is below the depth.
  void add(uint32_t connection, uint32_t in_flight) {
    const uint32_t head = first_level_ + in_flight;
    links_[connection] = {links_[head].before, head};
    links_[links_[head].before].after = connection;
    links_[head].before = connection;
  }
  // The connection must be in the set.
  void remove(uint32_t connection) {
    const Link link = links_[connection];
    links_[link.before].after = link.after;
    links_[link.after].before = link.before;
  }

  static constexpr uint32_t kNone = UINT32_MAX;
  // The connection with the fewest requests in flight that has waited longest; kNone if the set is empty.
  uint32_t first() const {
    for (size_t head = first_level_; head < links_.size(); ++head) {
      if (links_[head].after != head) return links_[head].after;
    }
    return kNone;
  }

 private:
  struct Link {
    uint32_t before = 0;
    uint32_t after = 0;
  };

  std::vector<Link> links_;  // a ring per level; the heads of the rings stand behind the connections
  uint32_t first_level_;
};

}  // namespace duel::load

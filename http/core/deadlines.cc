#include "http/core/deadlines.h"

namespace duel::http::core {

Deadlines::Deadlines(uint32_t slots, const TimeoutDurations& durations) : region_(slots * sizeof(Node)) {
  const auto set_duration = [this](Timeout kind, int64_t ms) { durations_ms_[static_cast<size_t>(kind)] = ms; };
  set_duration(Timeout::kHeader, durations.header_ms);
  set_duration(Timeout::kBody, durations.body_ms);
  set_duration(Timeout::kIdle, durations.idle_ms);
  set_duration(Timeout::kWrite, durations.write_ms);
  set_duration(Timeout::kLinger, durations.linger_ms);
}

void Deadlines::set(uint32_t slot, Timeout kind, int64_t now_ms) {
  Node& node = nodes()[slot];
  int64_t at_ms = now_ms + durations_ms_[static_cast<size_t>(kind)];
  if (kind == Timeout::kIdle) {
    if (node.kind() == kind && node.at_ms() >= at_ms) return;
    at_ms += durations_ms_[static_cast<size_t>(kind)] / kGrace;
  }
  if (node.kind() != Timeout::kNone) unlink(slot);
  node.set(at_ms, kind);
  if (kind != Timeout::kNone) link(slot, kind);
}

void Deadlines::link(uint32_t slot, Timeout kind) {
  Node& node = nodes()[slot];
  List& list = lists_[static_cast<size_t>(kind)];
  node.next = kNoSlot;
  node.previous = list.last;
  (list.last == kNoSlot ? list.first : nodes()[list.last - 1].next) = slot + 1;
  list.last = slot + 1;
}

void Deadlines::unlink(uint32_t slot) {
  const Node& node = nodes()[slot];
  List& list = lists_[static_cast<size_t>(node.kind())];
  (node.previous == kNoSlot ? list.first : nodes()[node.previous - 1].next) = node.next;
  (node.next == kNoSlot ? list.last : nodes()[node.next - 1].previous) = node.previous;
}

int64_t Deadlines::next_ms() const {
  int64_t earliest = -1;
  for (const List& list : lists_) {
    if (list.first == kNoSlot) continue;
    const int64_t at = nodes()[list.first - 1].at_ms();
    if (earliest < 0 || at < earliest) earliest = at;
  }
  return earliest;
}

int64_t Deadlines::take_expired(int64_t now_ms, Timeout& kind) {
  for (const List& list : lists_) {
    if (list.first == kNoSlot || nodes()[list.first - 1].at_ms() > now_ms) continue;
    const uint32_t slot = list.first - 1;
    kind = nodes()[slot].kind();
    set(slot, Timeout::kNone, now_ms);
    return slot;
  }
  return -1;
}

}  // namespace duel::http::core

#include "alloc/profile/writer/stacks.h"

#include <algorithm>

#include "alloc/profile/writer/frame_name.h"

namespace duel::alloc::profile::writer {
namespace {

const Place kKernel{.address = 0, .frames = {Frame{.function = "[kernel]", .symbol = {}, .file = {}, .line = 0}}};

}  // namespace

void fold_library(std::vector<Frame>& frames) {
  if (frames.empty()) return;
  const auto is_library = [](const Frame& frame) { return is_of_library(frame.function); };
  frames.erase(std::remove_if(frames.begin(), frames.end() - 1, is_library), frames.end() - 1);
}

std::vector<Place> Stacks::named(const std::vector<uint64_t>& addresses, bool leaf_is_a_call) {
  std::vector<Place> stack;
  if (!leaf_is_a_call && !addresses.empty() && symbols_.at_system_call(addresses.front())) stack.push_back(kKernel);
  for (size_t i = 0; i < addresses.size(); ++i) {
    const uint64_t address = addresses[i] - (i > 0 || leaf_is_a_call ? 1 : 0);
    auto [known, fresh] = known_.try_emplace(address);
    if (fresh) {
      known->second = symbols_.frames(address);
      fold_library(known->second);
    }
    stack.push_back({.address = address, .frames = known->second});
  }
  return stack;
}

void drop_allocator(std::vector<Place>& stack) {
  const auto is_allocator = [](const Frame& frame) {
    return allocates_for_others(frame.function) || frame.function.starts_with("[libjemalloc.so");
  };
  for (auto place = stack.begin(); place != stack.end(); ++place) {
    const auto wanted = std::find_if_not(place->frames.begin(), place->frames.end(), is_allocator);
    if (wanted == place->frames.end() && !place->frames.empty()) continue;
    place->frames.erase(place->frames.begin(), wanted);
    stack.erase(stack.begin(), place);
    return;
  }
}

StackTable::StackTable(const Process& process, bool program_named, Profile& profile) : profile_(profile) {
  for (size_t i = 0; i < process.modules.size(); ++i) {
    const Module& module = process.modules[i];
    for (const Segment& segment : module.segments) {
      const Profile::Id id = profile.add_mapping({.start = segment.start,
                                                  .end = segment.end,
                                                  .file_offset = segment.file_offset,
                                                  .path = module.path,
                                                  .build_id = module.build_id,
                                                  .symbolised = i > 0 || program_named});
      ranges_.push_back({segment, id});
    }
  }
}

Profile::Id StackTable::mapping_of(uint64_t address) const {
  const auto found = std::find_if(ranges_.begin(), ranges_.end(), [address](const Range& range) {
    return range.segment.start <= address && address < range.segment.end;
  });
  return found == ranges_.end() ? 0 : found->mapping;
}

std::vector<Profile::Id> StackTable::locations_of(const std::vector<Place>& stack) {
  std::vector<Profile::Id> ids;
  for (const Place& place : stack) {
    const auto [known, fresh] = locations_.try_emplace({place.address, place.frames.size()});
    if (fresh) known->second = profile_.add_location(place.address, mapping_of(place.address), place.frames);
    ids.push_back(known->second);
  }
  return ids;
}

}  // namespace duel::alloc::profile::writer

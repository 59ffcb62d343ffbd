#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alloc/profile/writer/protobuf.h"

namespace duel::alloc::profile::writer {

// For the profile writer: builds profiles in the format of pprof.

// A function in a stack. An inlined function has its own frame.
struct Frame {
  std::string function;  // the name for people: duel::servers::ping
  std::string symbol;    // the linker's name: _ZN4duel7servers4ping...; empty if unknown
  std::string file;
  int64_t line = 0;  // 0: unknown
};

struct Mapping {
  uint64_t start = 0;
  uint64_t end = 0;
  uint64_t file_offset = 0;
  std::string path;
  std::string build_id;  // hex
  bool symbolised = false;
};

struct ValueType {
  std::string_view type;
  std::string_view unit;
};

// A profile in the format that `go tool pprof` opens: profile.proto of github.com/google/pprof.
class Profile {
 public:
  // Ids of mappings and locations begin at 1, because the format reserves 0.
  using Id = uint64_t;
  using Label = std::pair<std::string_view, std::string_view>;

  void add_sample_type(ValueType type);
  void set_period(ValueType type, int64_t period);
  void set_time(int64_t start_ns, int64_t duration_ns);
  void set_default_sample_type(std::string_view type);
  void add_comment(std::string_view text);

  Id add_mapping(const Mapping& mapping);
  // `frames`: the innermost first. `mapping`: 0 if no mapping contains the address. An address can have several
  // locations.
  Id add_location(uint64_t address, Id mapping, const std::vector<Frame>& frames);
  // `locations`: the leaf first. `values`: one per sample type.
  void add_sample(const std::vector<Id>& locations, const std::vector<int64_t>& values,
                  const std::vector<Label>& labels = {});

  std::string serialise() const;  // not compressed

 private:
  uint64_t string_index(std::string_view text);
  uint64_t function_index(const Frame& frame);
  Message value_type(ValueType type);

  // The fields of the outer message in the order of the calls: samples, mappings, locations, functions.
  Message body_;
  Message tail_;
  Id mappings_ = 0;
  Id locations_ = 0;
  std::unordered_map<std::string, uint64_t> functions_;
  std::unordered_map<std::string, uint64_t> string_indexes_ = {{"", 0}};
  std::vector<std::string> strings_ = {""};  // the format requires that the first string is empty
};

// Compresses a profile. Profiles are stored and sent as gzip.
std::string gzip(std::string_view bytes);

}  // namespace duel::alloc::profile::writer

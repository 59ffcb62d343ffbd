#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace duel::alloc::profile::writer {

struct DecodedSample {
  std::vector<std::string> functions;  // the leaf first; includes inlined functions
  std::vector<uint64_t> addresses;
  std::vector<int64_t> values;
  std::map<std::string, std::string> labels;

  bool has(std::string_view part) const;  // whether a function's name contains `part`
};

struct DecodedMapping {
  uint64_t start = 0;
  uint64_t end = 0;
  uint64_t offset = 0;
  std::string path;
  std::string build_id;
  bool has_functions = false;
};

// A profile, read by a decoder that is independent of the writer.
struct Decoded {
  std::vector<std::string> sample_types;  // "inuse_space/bytes"
  std::vector<DecodedSample> samples;
  std::vector<DecodedMapping> mappings;
  std::vector<std::string> comments;
  std::string default_type;
  std::string period_type;
  int64_t period = 0;
  int64_t start_ns = 0;
  int64_t duration_ns = 0;

  // The sum of a type over all samples with a function whose name contains `part`; over all samples if `part` is empty.
  int64_t total(const std::string& type, std::string_view part = {}) const;
  // Sums a type over the samples of each leaf function. Returns the `count` functions with the largest sums, the
  // largest first, like `go tool pprof -top`.
  std::vector<std::string> top(const std::string& type, size_t count) const;

 private:
  size_t index_of(const std::string& type) const;
};

// Decodes a gzipped profile.proto. Throws std::runtime_error if it is not well-formed or if an id refers to nothing.
Decoded decode(std::string_view gzipped);

}  // namespace duel::alloc::profile::writer

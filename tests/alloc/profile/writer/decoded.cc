#include "tests/alloc/profile/writer/decoded.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace duel::alloc::profile::writer {
namespace {

std::string gunzip(std::string_view bytes) {
  constexpr size_t kMost = size_t{64} << 20;
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string plain(kMost, '\0');
  size_t size = 0;
  if (libdeflate_gzip_decompress(decompressor.get(), bytes.data(), bytes.size(), plain.data(), plain.size(), &size) !=
      LIBDEFLATE_SUCCESS) {
    throw std::runtime_error("the profile is not gzip");
  }
  plain.resize(size);
  return plain;
}

struct Field {
  unsigned number = 0;
  uint64_t value = 0;      // of a varint
  std::string_view bytes;  // of a message, a string, a packed list
};

uint64_t take_varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) break;
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  throw std::runtime_error("a varint does not end");
}

std::vector<Field> fields_of(std::string_view bytes) {
  std::vector<Field> fields;
  while (!bytes.empty()) {
    const uint64_t key = take_varint(bytes);
    Field field{.number = static_cast<unsigned>(key >> 3), .value = 0, .bytes = {}};
    field.value = take_varint(bytes);
    if ((key & 7) == 2) {
      if (field.value > bytes.size()) throw std::runtime_error("a field is longer than its message");
      field.bytes = bytes.substr(0, field.value);
      bytes.remove_prefix(field.value);
    } else if ((key & 7) != 0) {
      throw std::runtime_error("an unknown wire type");
    }
    fields.push_back(field);
  }
  return fields;
}

std::vector<uint64_t> numbers_of(std::string_view packed) {
  std::vector<uint64_t> numbers;
  while (!packed.empty()) numbers.push_back(take_varint(packed));
  return numbers;
}

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : fields_(fields_of(bytes)) {
    for (const Field& field : fields_) {
      if (field.number == 6) strings_.emplace_back(field.bytes);
    }
    if (strings_.empty() || !strings_.front().empty()) throw std::runtime_error("the first string is not empty");
    for (const Field& field : fields_) index(field);
  }

  Decoded run() {
    for (const Field& field : fields_) take(field);
    return std::move(decoded_);
  }

 private:
  struct Location {
    uint64_t address = 0;
    std::vector<std::string> functions;
  };

  const std::string& string(uint64_t at) const { return strings_.at(at); }

  std::string type(std::string_view message) const {
    std::string name;
    std::string unit;
    for (const Field& field : fields_of(message)) (field.number == 1 ? name : unit) = string(field.value);
    return name + "/" + unit;
  }

  // Reads a message that samples refer to by its id.
  void index(const Field& field) {
    if (field.number == 5) {
      uint64_t id = 0;
      std::string name;
      for (const Field& part : fields_of(field.bytes)) {
        if (part.number == 1) id = part.value;
        if (part.number == 2) name = string(part.value);
      }
      functions_[id] = name;
    } else if (field.number == 4) {
      pending_locations_.push_back(field.bytes);
    } else if (field.number == 3) {
      add_mapping(field.bytes);
    }
  }

  void add_mapping(std::string_view bytes) {
    DecodedMapping mapping;
    for (const Field& part : fields_of(bytes)) {
      if (part.number == 2) mapping.start = part.value;
      if (part.number == 3) mapping.end = part.value;
      if (part.number == 4) mapping.offset = part.value;
      if (part.number == 5) mapping.path = string(part.value);
      if (part.number == 6) mapping.build_id = string(part.value);
      if (part.number == 7) mapping.has_functions = part.value != 0;
    }
    decoded_.mappings.push_back(mapping);
  }

  Location location(std::string_view bytes, uint64_t& id) const {
    Location location;
    for (const Field& part : fields_of(bytes)) {
      if (part.number == 1) id = part.value;
      if (part.number == 2 && part.value > decoded_.mappings.size()) throw std::runtime_error("no such mapping");
      if (part.number == 3) location.address = part.value;
      if (part.number != 4) continue;
      for (const Field& line : fields_of(part.bytes)) {
        if (line.number == 1) location.functions.push_back(functions_.at(line.value));
      }
    }
    return location;
  }

  DecodedSample sample(std::string_view bytes) const {
    DecodedSample sample;
    for (const Field& part : fields_of(bytes)) {
      if (part.number == 1) {
        for (const uint64_t id : numbers_of(part.bytes)) {
          const Location& place = locations_.at(id);
          sample.addresses.push_back(place.address);
          sample.functions.insert(sample.functions.end(), place.functions.begin(), place.functions.end());
        }
      } else if (part.number == 2) {
        for (const uint64_t value : numbers_of(part.bytes)) sample.values.push_back(static_cast<int64_t>(value));
      } else if (part.number == 3) {
        std::string key;
        std::string value;
        for (const Field& label : fields_of(part.bytes)) (label.number == 1 ? key : value) = string(label.value);
        sample.labels[key] = value;
      }
    }
    return sample;
  }

  void take(const Field& field) {
    for (; !pending_locations_.empty(); pending_locations_.pop_back()) {
      uint64_t id = 0;
      const Location found = location(pending_locations_.back(), id);
      if (id == 0 || !locations_.emplace(id, found).second) throw std::runtime_error("a location's id is not its own");
    }
    if (field.number == 1) decoded_.sample_types.push_back(type(field.bytes));
    if (field.number == 2) decoded_.samples.push_back(sample(field.bytes));
    if (field.number == 9) decoded_.start_ns = static_cast<int64_t>(field.value);
    if (field.number == 10) decoded_.duration_ns = static_cast<int64_t>(field.value);
    if (field.number == 11) decoded_.period_type = type(field.bytes);
    if (field.number == 12) decoded_.period = static_cast<int64_t>(field.value);
    if (field.number == 13) decoded_.comments.push_back(string(field.value));
    if (field.number == 14) decoded_.default_type = string(field.value);
  }

  std::vector<Field> fields_;
  std::vector<std::string> strings_;
  std::map<uint64_t, std::string> functions_;
  std::vector<std::string_view> pending_locations_;
  std::map<uint64_t, Location> locations_;
  Decoded decoded_;
};

}  // namespace

bool DecodedSample::has(std::string_view part) const {
  return std::any_of(functions.begin(), functions.end(),
                     [part](const std::string& name) { return name.find(part) != std::string::npos; });
}

size_t Decoded::index_of(const std::string& type) const {
  const auto found = std::find(sample_types.begin(), sample_types.end(), type);
  if (found == sample_types.end()) throw std::runtime_error("there is no type " + type);
  return static_cast<size_t>(found - sample_types.begin());
}

std::vector<std::string> Decoded::top(const std::string& type, size_t count) const {
  const size_t index = index_of(type);
  std::map<std::string, int64_t> flat;
  for (const DecodedSample& sample : samples) {
    if (!sample.functions.empty()) flat[sample.functions.front()] += sample.values.at(index);
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : flat) names.push_back(name);
  std::stable_sort(names.begin(), names.end(),
                   [&flat](const std::string& a, const std::string& b) { return flat[a] > flat[b]; });
  names.resize(std::min(names.size(), count));
  return names;
}

int64_t Decoded::total(const std::string& type, std::string_view part) const {
  const size_t index = index_of(type);
  int64_t sum = 0;
  for (const DecodedSample& sample : samples) {
    if (part.empty() || sample.has(part)) sum += sample.values.at(index);
  }
  return sum;
}

Decoded decode(std::string_view gzipped) {
  const std::string plain = gunzip(gzipped);
  return Decoder(plain).run();
}

}  // namespace duel::alloc::profile::writer

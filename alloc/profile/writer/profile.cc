#include "alloc/profile/writer/profile.h"

#include <libdeflate.h>

#include <memory>
#include <span>
#include <stdexcept>

namespace duel::alloc::profile::writer {
namespace {

// Fields of message Profile.
enum Field : unsigned {
  kSampleType = 1,
  kSample = 2,
  kMapping = 3,
  kLocation = 4,
  kFunction = 5,
  kStringTable = 6,
  kTimeNanos = 9,
  kDurationNanos = 10,
  kPeriodType = 11,
  kPeriod = 12,
  kComment = 13,
  kDefaultSampleType = 14,
};

}  // namespace

uint64_t Profile::string_index(std::string_view text) {
  const auto [found, fresh] = string_indexes_.emplace(text, strings_.size());
  if (fresh) strings_.emplace_back(text);
  return found->second;
}

Message Profile::value_type(ValueType type) {
  Message message;
  message.number(1, string_index(type.type));
  message.number(2, string_index(type.unit));
  return message;
}

void Profile::add_sample_type(ValueType type) {
  body_.message(kSampleType, value_type(type));
}

void Profile::set_period(ValueType type, int64_t period) {
  tail_.message(kPeriodType, value_type(type));
  tail_.number(kPeriod, period);
}

void Profile::set_time(int64_t start_ns, int64_t duration_ns) {
  tail_.number(kTimeNanos, start_ns);
  tail_.number(kDurationNanos, duration_ns);
}

void Profile::set_default_sample_type(std::string_view type) {
  tail_.number(kDefaultSampleType, string_index(type));
}

void Profile::add_comment(std::string_view text) {
  tail_.number(kComment, string_index(text));
}

Profile::Id Profile::add_mapping(const Mapping& mapping) {
  Message message;
  message.number(1, ++mappings_);
  message.number(2, mapping.start);
  message.number(3, mapping.end);
  message.number(4, mapping.file_offset);
  message.number(5, string_index(mapping.path));
  message.number(6, string_index(mapping.build_id));
  // has_functions, has_filenames, has_line_numbers, has_inline_frames: pprof does not look up names itself if these are
  // set.
  for (unsigned field = 7; field <= 10; ++field) message.number(field, uint64_t{mapping.symbolised});
  body_.message(kMapping, message);
  return mappings_;
}

uint64_t Profile::function_index(const Frame& frame) {
  const std::string key = frame.function + '\0' + frame.symbol + '\0' + frame.file;
  const auto [found, fresh] = functions_.emplace(key, functions_.size() + 1);
  if (fresh) {
    Message message;
    message.number(1, found->second);
    message.number(2, string_index(frame.function));
    message.number(3, string_index(frame.symbol));  // if it equalled the name, pprof would shorten the name again
    message.number(4, string_index(frame.file));
    body_.message(kFunction, message);
  }
  return found->second;
}

Profile::Id Profile::add_location(uint64_t address, Id mapping, const std::vector<Frame>& frames) {
  Message message;
  message.number(1, ++locations_);
  message.number(2, mapping);
  message.number(3, address);
  for (const Frame& frame : frames) {
    Message line;
    line.number(1, function_index(frame));
    line.number(2, frame.line);
    message.message(4, line);
  }
  body_.message(kLocation, message);
  return locations_;
}

void Profile::add_sample(const std::vector<Id>& locations, const std::vector<int64_t>& values,
                         const std::vector<Label>& labels) {
  Message message;
  message.packed(1, std::span<const Id>(locations));
  message.packed(2, std::span<const int64_t>(values));
  for (const auto& [key, value] : labels) {
    Message label;
    label.number(1, string_index(key));
    label.number(2, string_index(value));
    message.message(3, label);
  }
  body_.message(kSample, message);
}

std::string Profile::serialise() const {
  Message strings;
  for (const std::string& text : strings_) strings.bytes(kStringTable, text);
  return body_.data() + tail_.data() + strings.data();
}

std::string gzip(std::string_view bytes) {
  constexpr int kLevel = 6;
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kLevel), libdeflate_free_compressor);
  if (compressor == nullptr) throw std::runtime_error("no memory to compress a profile");
  std::string packed(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  packed.resize(libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), packed.data(), packed.size()));
  return packed;
}

}  // namespace duel::alloc::profile::writer

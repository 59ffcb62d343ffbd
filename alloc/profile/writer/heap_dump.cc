#include "alloc/profile/writer/heap_dump.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string>

namespace duel::alloc::profile::writer {
namespace {

// Reads a text from front to back.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }

  std::string_view line() {
    const size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return line;
  }

  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  template <class Integer>
  std::optional<Integer> number(int base = 10) {
    Integer value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, base);
    if (error != std::errc()) return std::nullopt;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return value;
  }

 private:
  std::string_view rest_;
};

// "@ 0x55d1 0x55d2"
std::vector<uint64_t> read_addresses(Cursor line) {
  std::vector<uint64_t> addresses;
  while (line.skip(" 0x")) {
    const auto address = line.number<uint64_t>(16);
    if (!address) break;
    addresses.push_back(*address);
  }
  return addresses;
}

// "  t*: 2: 1024 [5: 4096]": objects and bytes in use; in brackets, objects and bytes ever allocated.
bool read_values(Cursor line, std::array<int64_t, 4>& values) {
  const auto in_use = line.number<int64_t>();
  if (!in_use || !line.skip(": ")) return false;
  const auto in_use_bytes = line.number<int64_t>();
  if (!in_use_bytes || !line.skip(" [")) return false;
  const auto allocated = line.number<int64_t>();
  if (!allocated || !line.skip(": ")) return false;
  const auto allocated_bytes = line.number<int64_t>();
  if (!allocated_bytes || *in_use < 0 || *in_use_bytes < 0 || *allocated < 0 || *allocated_bytes < 0) return false;
  values = {*allocated, *allocated_bytes, *in_use, *in_use_bytes};
  return true;
}

}  // namespace

void scale_up(int64_t& objects, int64_t& bytes, int64_t rate) {
  if (objects <= 0 || bytes <= 0 || rate <= 1) return;
  const double mean = static_cast<double>(bytes) / static_cast<double>(objects);
  const double factor = 1 / -std::expm1(-mean / static_cast<double>(rate));
  constexpr double kMax = 9e18;  // close to INT64_MAX
  objects = std::llround(std::min(static_cast<double>(objects) * factor, kMax));
  bytes = std::llround(std::min(static_cast<double>(bytes) * factor, kMax));
}

HeapDump read_heap_dump(std::string_view text) {
  HeapDump dump;
  Cursor cursor(text);
  Cursor head(cursor.line());
  const auto rate = head.skip("heap_v2/") ? head.number<int64_t>() : std::nullopt;
  if (!rate || *rate <= 0) throw BadInput("the samples are not jemalloc's: expected heap_v2/BYTES in the first line");
  dump.sample_bytes = *rate;
  std::optional<HeapStack> stack;
  while (!cursor.empty()) {
    Cursor line(cursor.line());
    if (line.skip("MAPPED_LIBRARIES")) break;
    if (line.skip("@")) {
      stack = HeapStack{.addresses = read_addresses(line)};
    } else if (stack && line.skip("  t*: ") && read_values(line, stack->values)) {
      scale_up(stack->values[0], stack->values[1], dump.sample_bytes);
      scale_up(stack->values[2], stack->values[3], dump.sample_bytes);
      dump.stacks.push_back(std::move(*stack));
      stack.reset();
    }
  }
  return dump;
}

}  // namespace duel::alloc::profile::writer

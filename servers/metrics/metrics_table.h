#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "servers/metrics/metrics_snapshot.h"

// For every page that shows numbers: one table that names each number once. /metrics, /debug/vars, /debug/history, both
// forms of the stats file and docs/metrics.md are made from it. To add a metric, add its member to the structure that
// counts it and a row to metrics_table.cc.
namespace duel::servers::metrics {

enum class Kind : uint8_t {
  kCounter,    // only grows; POST /debug/reset sets it to 0
  kLevel,      // a gauge in Prometheus' terms
  kHistogram,  // in /metrics only
};

// Unit of the value under its key. /metrics has base units: seconds and bytes.
enum class Unit : uint8_t { kNone, kBytes, kPages, kNanoseconds, kMicroseconds, kMilliseconds, kBytesPerSecond };

// Pages that show a value under its key. A set of bits.
using Pages = unsigned;
inline constexpr Pages kVars = 1;       // /debug/vars
inline constexpr Pages kHistory = 2;    // /debug/history
inline constexpr Pages kStatsFile = 4;  // lines of JSON
inline constexpr Pages kSeries = 8;     // lines of CSV

// The page computes the value itself.
struct Computed {};
// Snapshot::latency().
struct Latency {};

// The member that holds the value.
using Source = std::variant<Computed, Latency, uint64_t http::Counters::*, uint64_t (http::Counters::*)() const,
                            uint64_t alloc::Snapshot::*, uint64_t (alloc::Snapshot::*)() const,
                            uint64_t alloc::CallTimes::*, uint64_t alloc::PoolReading::*, uint64_t alloc::Memory::*,
                            double MemoryTrend::*, uint64_t Snapshot::*>;

struct Metric {
  std::string_view key;     // in JSON and CSV; empty if only /metrics has the value
  std::string_view family;  // in /metrics; empty if /metrics does not have the value
  std::string_view label;   // of a family that several rows share: class="2xx"
  Kind kind = Kind::kCounter;
  Unit unit = Unit::kNone;
  Pages pages = 0;
  Source source;
  std::string_view help;  // one or two sentences
  bool only_if_calls_are_counted = false;

  // Whether the page shows a value of a snapshot in this row. Computed rows have none.
  constexpr bool is_on(Pages page) const { return (pages & page) != 0 && !std::holds_alternative<Computed>(source); }
  // Whether the value is known in a program that counts calls of the allocator, or does not.
  constexpr bool is_known(bool calls_counted) const { return calls_counted || !only_if_calls_are_counted; }
};

// Rows with the same family are neighbours. The columns of the CSV file have the order of the rows.
std::span<const Metric> metrics_table();

// Return the first row with this key or family. Throw std::logic_error if there is none.
const Metric& metric_of_key(std::string_view key);
const Metric& metric_of_family(std::string_view family);

// Rows of the page kHistory that are not Computed.
inline constexpr size_t kHistoryColumns = 8;

using Value = std::variant<uint64_t, double>;

// The value of the whole process: counters of workers and pools are summed; kernel calls other than purges are left
// out. Throws std::logic_error for Computed and Latency, which have no single value in a snapshot.
Value value_of(const Metric& metric, const Snapshot& snapshot);

std::string text_of(const Value& value);

}  // namespace duel::servers::metrics

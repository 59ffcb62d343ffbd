#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "servers/metrics/metrics_table.h"

namespace duel::servers::metrics {

// Builds text in Prometheus' exposition format 0.0.4. The samples of a family follow its begin().
class PrometheusText {
 public:
  // `metric` names the family, its type and its help text.
  void begin(const Metric& metric);

  // A sample of the current family. `labels` are made with label(), such as `worker="0"`; `suffix` is such as
  // "_bucket".
  void sample(uint64_t value, std::string_view labels = {}, std::string_view suffix = {});
  void sample(double value, std::string_view labels = {}, std::string_view suffix = {});
  // Converts `ns` to seconds, without loss.
  void seconds(uint64_t ns, std::string_view labels = {}, std::string_view suffix = {});

  const std::string& text() const { return text_; }

 private:
  void line(std::string_view value, std::string_view labels, std::string_view suffix);

  std::string text_;
  std::string name_;
};

// name="value", with the value escaped. If `others` is not empty, it comes first.
std::string label(std::string_view name, std::string_view value, std::string_view others = {});
// 1500 -> "1.5e-06". The digits are enough to restore the nanoseconds.
std::string seconds_text(uint64_t ns);

}  // namespace duel::servers::metrics

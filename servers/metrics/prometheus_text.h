#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::servers::metrics {

// Text in Prometheus' exposition format 0.0.4. Names follow its conventions: base units (seconds, bytes), counters end
// in _total. All samples of a family follow its head.
class PrometheusText {
 public:
  void counter(std::string_view name, std::string_view help) { head(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { head(name, "gauge", help); }
  void histogram(std::string_view name, std::string_view help) { head(name, "histogram", help); }

  // Of the family begun last. `labels` as in `worker="0"`, made with label(); `suffix` as in "_bucket".
  void sample(uint64_t value, std::string_view labels = {}, std::string_view suffix = {});
  void sample(double value, std::string_view labels = {}, std::string_view suffix = {});
  // ns as seconds, exactly.
  void seconds(uint64_t ns, std::string_view labels = {}, std::string_view suffix = {});

  const std::string& text() const { return text_; }

 private:
  void head(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view value, std::string_view labels, std::string_view suffix);

  std::string text_;
  std::string name_;
};

// name="value", escaped; behind `others` and a comma if there are any.
std::string label(std::string_view name, std::string_view value, std::string_view others = {});
// 1500 -> "1.5e-06" as seconds: digits enough to give the ns back.
std::string seconds_text(uint64_t ns);

}  // namespace duel::servers::metrics

#include "servers/metrics/prometheus_text.h"

#include <array>
#include <charconv>

namespace duel::servers::metrics {
namespace {

std::string shortest(double value) {
  std::array<char, 40> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

constexpr std::string_view type_name(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return "counter";
    case Kind::kLevel:
      return "gauge";
    case Kind::kHistogram:
      return "histogram";
  }
  return {};
}

}  // namespace

std::string seconds_text(uint64_t ns) {
  return shortest(static_cast<double>(ns) / 1e9);
}

void PrometheusText::begin(const Metric& metric) {
  name_ = metric.family;
  text_.append("# HELP ").append(name_).append(" ").append(metric.help).append("\n");
  text_.append("# TYPE ").append(name_).append(" ").append(type_name(metric.kind)).append("\n");
}

void PrometheusText::line(std::string_view value, std::string_view labels, std::string_view suffix) {
  text_.append(name_).append(suffix);
  if (!labels.empty()) text_.append("{").append(labels).append("}");
  text_.append(" ").append(value).append("\n");
}

void PrometheusText::sample(uint64_t value, std::string_view labels, std::string_view suffix) {
  line(std::to_string(value), labels, suffix);
}

void PrometheusText::sample(double value, std::string_view labels, std::string_view suffix) {
  line(shortest(value), labels, suffix);
}

void PrometheusText::seconds(uint64_t ns, std::string_view labels, std::string_view suffix) {
  line(seconds_text(ns), labels, suffix);
}

std::string label(std::string_view name, std::string_view value, std::string_view others) {
  std::string text(others);
  if (!text.empty()) text += ",";
  text.append(name).append("=\"");
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + "\"";
}

}  // namespace duel::servers::metrics

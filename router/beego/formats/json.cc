#include "router/beego/formats/json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "http/grammar/json_text.h"
#include "http/grammar/rfc3339.h"
#include "router/beego/formats/base64.h"
#include "router/beego/values/data.h"

namespace duel::beego::formats {

void append_json_text(std::string_view text, std::string& out) {
  http::grammar::write_json_text(text, http::grammar::JsonHtml::kEscaped,
                                 [&](std::string_view piece) { out.append(piece); });
}

std::string indent_json(std::string_view compact) {
  std::string out;
  http::grammar::indent_json(compact, "  ", [&](std::string_view piece) { out.append(piece); });
  return out;
}

std::string ascii_json(std::string_view json) {
  std::string out;
  http::grammar::write_ascii_json(json, [&](std::string_view piece) { out.append(piece); });
  return out;
}

namespace {

template <typename Integer>
void append_integer(Integer number, std::string& out) {
  std::array<char, 24> digits;  // the longest 64-bit integer has 20
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

template <typename Float>
void append_float(Float number, std::string& out) {
  if (!std::isfinite(number)) {
    throw FormatError(std::string("json: unsupported value: ") + (std::isnan(number) ? "NaN"
                                                                  : number < 0       ? "-Inf"
                                                                                     : "+Inf"));
  }
  std::array<char, http::grammar::kJsonNumberBytes> digits;
  out.append(digits.data(), http::grammar::write_json_number(number, digits.data()));
}

void append_value(const std::any& value, int depth, std::string& out);

template <typename Entries, typename Append>
void append_object(const Entries& entries, std::string& out, Append append) {
  out.push_back('{');
  bool first = true;
  for (const auto& [key, value] : entries) {
    if (!first) out.push_back(',');
    first = false;
    append_json_text(key, out);
    out.push_back(':');
    append(value);
  }
  out.push_back('}');
}

template <typename Items, typename Append>
void append_array(const Items& items, std::string& out, Append append) {
  out.push_back('[');
  bool first = true;
  for (const auto& item : items) {
    if (!first) out.push_back(',');
    first = false;
    append(item);
  }
  out.push_back(']');
}

template <typename Number>
bool append_number(const std::any& value, std::string& out) {
  const auto* number = std::any_cast<Number>(&value);
  if (number == nullptr) return false;
  if constexpr (std::is_floating_point_v<Number>) {
    append_float(*number, out);
  } else {
    append_integer(*number, out);
  }
  return true;
}

template <typename... Numbers>
bool append_any_number(const std::any& value, std::string& out) {
  return (append_number<Numbers>(value, out) || ...);
}

bool append_text(const std::any& value, std::string& out) {
  if (const auto* text = std::any_cast<std::string>(&value)) {
    append_json_text(*text, out);
  } else if (const auto* view = std::any_cast<std::string_view>(&value)) {
    append_json_text(*view, out);
  } else if (const auto* literal = std::any_cast<const char*>(&value)) {
    append_json_text(*literal, out);
  } else {
    return false;
  }
  return true;
}

bool append_nested(const std::any& value, int depth, std::string& out) {
  const auto append_box = [&](const std::any& inner) { append_value(inner, depth + 1, out); };
  const auto append_plain = [&](const std::string& inner) { append_json_text(inner, out); };
  if (const auto* map = std::any_cast<values::Map>(&value)) {
    append_object(*map, out, append_box);
  } else if (const auto* list = std::any_cast<values::List>(&value)) {
    append_array(*list, out, append_box);
  } else if (const auto* record = std::any_cast<values::Record>(&value)) {
    append_object(record->fields, out, append_box);
  } else if (const auto* texts = std::any_cast<std::vector<std::string>>(&value)) {
    append_array(*texts, out, append_plain);
  } else if (const auto* text_map = std::any_cast<std::map<std::string, std::string>>(&value)) {
    append_object(*text_map, out, append_plain);
  } else {
    return false;
  }
  return true;
}

void append_time(const values::Time& time, std::string& out) {
  std::array<char, http::grammar::kRfc3339Bytes> text;
  const char* const end = http::grammar::write_rfc3339(time, text.data());
  if (end == nullptr) {
    throw FormatError(
        "json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: year outside of range [0,9999]");
  }
  out.append("\"").append(std::string_view(text.data(), end)).append("\"");
}

bool append_special(const std::any& value, std::string& out) {
  if (const auto* bytes = std::any_cast<values::Bytes>(&value)) {
    out += "\"" + encode_base64({reinterpret_cast<const char*>(bytes->data()), bytes->size()}) + "\"";
  } else if (const auto* time = std::any_cast<values::Time>(&value)) {
    append_time(*time, out);
  } else if (const auto* moment = std::any_cast<std::chrono::sys_time<std::chrono::nanoseconds>>(&value)) {
    append_time(*moment, out);
  } else if (const auto* duration = std::any_cast<std::chrono::nanoseconds>(&value)) {
    append_integer(duration->count(), out);
  } else {
    return false;
  }
  return true;
}

void append_value(const std::any& value, int depth, std::string& out) {
  if (depth > kMaxNesting) throw FormatError("json: nested deeper than 1000 levels");
  if (append_text(value, out) || append_nested(value, depth, out)) return;
  if (!value.has_value() || value.type() == typeid(std::nullptr_t)) {
    out += "null";
  } else if (const auto* truth = std::any_cast<bool>(&value)) {
    out += *truth ? "true" : "false";
  } else if (!append_any_number<int, long, long long, unsigned, unsigned long, unsigned long long, double, float,
                                signed char, unsigned char, short, unsigned short>(value, out) &&
             !append_special(value, out)) {
    throw FormatError("json: unsupported type");
  }
}

}  // namespace

std::string to_json(const std::any& value) {
  std::string out;
  append_value(value, 0, out);
  return out;
}

}  // namespace duel::beego::formats

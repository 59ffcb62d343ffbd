#include "http/core/request_rules.h"

#include <algorithm>
#include <array>

#include "http/address.h"
#include "http/grammar/ascii.h"
#include "http/grammar/percent.h"
#include "http/grammar/token.h"

namespace duel::http::core {
namespace {

using namespace std::string_view_literals;

// unreserved and sub-delims of RFC 3986 §3.2.2
constexpr std::array<bool, 256> kRegNameBytes = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = table[c + 32] = true;
  for (const char c : "-._~!$&'()*+,;="sv) table[static_cast<uint8_t>(c)] = true;
  return table;
}();

enum ByteClass : uint8_t { kPlain, kNeverInTarget, kNeverInPath, kQuestion, kPercent };

constexpr std::array<uint8_t, 256> kTargetBytes = [] {
  std::array<uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c)
    table[c] = grammar::is_visible_ascii(static_cast<char>(c)) ? kPlain : kNeverInTarget;
  for (const char c : "#<>"sv) table[static_cast<uint8_t>(c)] = kNeverInTarget;
  // A URI contains none of these, but browsers send them in a query (WHATWG URL), so they are refused in the path only.
  // Also accepted are '|', '[' and ']', which browsers send in a path too, and quotes, which people type.
  for (const char c : R"(\^`{})"sv) table[static_cast<uint8_t>(c)] = kNeverInPath;
  table['?'] = kQuestion;
  table['%'] = kPercent;
  return table;
}();

// Splits at the first '?' and refuses bytes that no URI contains.
Target split_path(std::string_view path_and_query) {
  Target target{.path = path_and_query, .query = {}, .authority = {}, .refusal = {}};
  bool in_query = false;
  for (size_t i = 0; i < path_and_query.size(); ++i) {
    const uint8_t kind = kTargetBytes[static_cast<uint8_t>(path_and_query[i])];
    if (kind == kPlain) [[likely]]
      continue;
    if (kind == kNeverInTarget) {
      target.refusal = {400, "byte in the request target that no URI contains"};
      return target;
    }
    if (in_query) continue;
    if (kind == kNeverInPath) {
      target.refusal = {400, "byte in the path that no URI contains"};
      return target;
    }
    if (kind == kPercent) {
      if (grammar::percent_escape_at(path_and_query, i) >= 0) continue;
      target.refusal = {400, "bad percent-encoding in the path"};
      return target;
    }
    in_query = true;
    target.path = path_and_query.substr(0, i);
    target.query = path_and_query.substr(i + 1);
  }
  return target;
}

bool is_port(std::string_view port) {
  unsigned value = 0;
  for (const char c : port) {
    if (!grammar::is_digit(c)) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65535) return false;
  }
  return true;
}

bool is_reg_name(std::string_view name) {
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '%') {
      if (grammar::percent_escape_at(name, i) < 0) return false;
      i += 2;
    } else if (!kRegNameBytes[static_cast<uint8_t>(c)]) {
      return false;
    }
  }
  return true;
}

// The part of "host:port" before the colon that separates a port.
std::string_view host_of(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  return colon == std::string_view::npos || authority.ends_with(']') ? authority : authority.substr(0, colon);
}

Target split_absolute(Method method, std::string_view target, size_t scheme_size) {
  const std::string_view rest = target.substr(scheme_size);
  const size_t authority_size = std::min(rest.find_first_of("/?"sv), rest.size());
  Target split = split_path(rest.substr(authority_size));
  split.authority = rest.substr(0, authority_size);
  // An empty path means "/" (RFC 9110 §4.2.3). The view is the second slash of "://", because every view must be in the
  // request. For OPTIONS, a target without a path means the whole server.
  const bool whole_server = method == Method::kOptions && authority_size == rest.size();
  if (split.path.empty() && !whole_server) split.path = target.substr(scheme_size - 1, 1);
  if (!is_valid_host(split.authority) || host_of(split.authority).empty()) {
    split.refusal = {400, "bad authority in the target"};
  }
  return split;
}

// The codings of all Transfer-Encoding lines, which form one list (RFC 9112 §6.1).
struct Codings {
  int chunked = 0;
  bool others = false;
  bool ends_in_chunked = false;
  bool malformed = false;

  void add(std::string_view value) {
    malformed |= value.empty() || value.starts_with(',') || value.ends_with(',');
    grammar::for_each_member(value, [this](std::string_view coding) {
      ends_in_chunked = grammar::equal_fold_ascii(coding, "chunked"sv);
      chunked += ends_in_chunked ? 1 : 0;
      others |= !ends_in_chunked;
      malformed |= !grammar::is_token(grammar::trim(coding.substr(0, coding.find(';'))));
    });
  }

  // A body whose last coding is not chunked has no end that both sides agree on (RFC 9112 §6.3). chunked may occur only
  // once, and an unsupported coding is 501 (§6.1).
  Refusal refusal() const {
    if (malformed) return {400, "malformed Transfer-Encoding"};
    if (!ends_in_chunked || chunked > 1) return {400, "Transfer-Encoding that is not chunked at its end"};
    if (others) return {501, "transfer coding other than chunked"};
    return {};
  }
};

bool is_content_length(std::string_view value) {
  for (const char c : value) {
    if (!grammar::is_digit(c)) return false;
  }
  return !value.empty();
}

void examine_expectations(std::string_view value, FieldFacts& facts) {
  grammar::for_each_member(value, [&](std::string_view expectation) {
    if (!grammar::equal_fold_ascii(expectation, "100-continue"sv)) facts.refusal = {417, "unknown expectation"};
    facts.expect_continue = true;
  });
}

void examine_connection(std::string_view value, FieldFacts& facts) {
  grammar::for_each_member(value, [&](std::string_view option) {
    facts.close |= grammar::equal_fold_ascii(option, "close"sv);
    facts.keep_alive |= grammar::equal_fold_ascii(option, "keep-alive"sv);
  });
}

}  // namespace

Target split_target(Method method, std::string_view target) {
  if (method == Method::kConnect) {
    Target split{.path = {}, .query = {}, .authority = target, .refusal = {}};
    const std::string_view host = host_of(target);
    const std::string_view port = target.substr(std::min(host.size() + 1, target.size()));
    // RFC 9110 §9.3.6
    if (!is_valid_host(target) || host.empty() || port.find_first_not_of('0') == std::string_view::npos) {
      split.refusal = {400, "CONNECT needs host:port"};
    }
    return split;
  }
  if (target.starts_with('/')) return split_path(target);
  if (target == "*"sv && method == Method::kOptions) {
    return {.path = target, .query = {}, .authority = {}, .refusal = {}};
  }
  const auto has_scheme = [&](std::string_view scheme) {
    return grammar::equal_fold_ascii(target.substr(0, scheme.size()), scheme);
  };
  if (constexpr auto kScheme = "http://"sv; has_scheme(kScheme)) return split_absolute(method, target, kScheme.size());
  // This connection is not encrypted (RFC 9110 §7.4).
  if (has_scheme("https://"sv)) return {.path = {}, .query = {}, .authority = {}, .refusal = {421, "https on http"}};
  return {.path = {}, .query = {}, .authority = {}, .refusal = {400, "bad form of the request target"}};
}

bool is_valid_host(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t close = host.find(']');
    if (close == std::string_view::npos || !is_ipv6_address(host.substr(1, close - 1))) return false;
    const std::string_view rest = host.substr(close + 1);
    return rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)));
  }
  const size_t colon = host.find(':');
  if (colon == std::string_view::npos) return is_reg_name(host);
  return is_reg_name(host.substr(0, colon)) && is_port(host.substr(colon + 1));
}

FieldFacts examine_fields(const FieldList& fields, int minor_version) {
  FieldFacts facts;
  int hosts = 0;
  int lengths = 0;
  int coding_lines = 0;
  Codings codings;
  for (const auto [name, value] : fields) {
    switch (name.size()) {  // the length excludes most fields without a comparison
      case 4:
        if (!grammar::equal_fold_ascii(name, "Host"sv)) break;
        facts.host = value;
        ++hosts;
        break;
      case 6:
        if (grammar::equal_fold_ascii(name, "Expect"sv) && minor_version > 0) examine_expectations(value, facts);
        break;
      case 10:
        if (grammar::equal_fold_ascii(name, "Connection"sv)) examine_connection(value, facts);
        break;
      case 14:
        if (!grammar::equal_fold_ascii(name, "Content-Length"sv)) break;
        ++lengths;
        if (!is_content_length(value)) facts.refusal = {400, "bad Content-Length"};
        break;
      case 17:
        if (!grammar::equal_fold_ascii(name, "Transfer-Encoding"sv)) break;
        ++coding_lines;
        codings.add(value);
        break;
      default:
        break;
    }
  }
  if (hosts > 1) facts.refusal = {400, "more than one Host"};
  if (hosts == 0 && minor_version > 0) facts.refusal = {400, "no Host"};
  if (!is_valid_host(facts.host)) facts.refusal = {400, "bad Host"};
  if (lengths > 1) facts.refusal = {400, "more than one Content-Length"};
  if (coding_lines == 0) return facts;
  facts.chunked = true;
  if (const Refusal refusal = codings.refusal()) facts.refusal = refusal;
  // Two servers could frame such a request differently, which allows request smuggling (RFC 9112 §6.1, §6.3).
  if (lengths > 0) facts.refusal = {400, "Transfer-Encoding with Content-Length"};
  if (minor_version == 0) facts.refusal = {400, "Transfer-Encoding in HTTP/1.0"};
  return facts;
}

}  // namespace duel::http::core

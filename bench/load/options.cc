#include "bench/load/options.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::load {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kMaxRateMilli = int64_t{10'000'000} * 1000;  // no single machine sends more
constexpr int64_t kMaxDurationNs = 24 * 3600 * kSecondNs;
constexpr uint64_t kMaxConnections = 1'000'000;
constexpr uint64_t kMaxPipeline = 256;  // the choice of a connection takes time in proportion to it
constexpr uint64_t kMaxThreads = 256;
constexpr uint64_t kMaxSteps = 1000;            // each step has histograms of 0.8 MB
constexpr uint64_t kMaxBodyBytes = 1024 << 20;  // a body is kept in memory
constexpr uint64_t kMaxShares = 1'000'000;      // with the threads of each program, far below an overflow
constexpr int64_t kMaxStartMilli = int64_t{9'000'000'000} * 1000;  // in 2255; 64 bits of nanoseconds end in 2262
constexpr uint64_t kReservedDescriptors = 32;                      // rings, standard streams, files of the libraries

// The values as they are given. finish() makes Options of them.
struct Draft {
  std::map<std::string_view, std::string_view> given;  // option, its value
  std::optional<Url> url;
  std::string method;
  std::vector<std::string> headers;
  std::optional<std::string> body;
  uint64_t chunk_bytes = 0;
  std::vector<RequestKind> mix;
  std::string trace_prefix;
  std::vector<Step> steps;
  int64_t rate_milli = 0;
  int64_t duration_ns = 0;
  int64_t warmup_ns = 0;
  uint64_t connections = 64;
  uint64_t pipeline = 1;
  uint64_t requests_per_connection = 0;
  uint64_t threads = 1;
  std::optional<Share> share;
  int64_t timeout_ns = 5 * kSecondNs;
  int64_t start_at_unix_ns = 0;
  int64_t spin_ns = 20'000;
  int64_t max_lateness_ns = 100'000;
  std::string output;
  Progress progress = Progress::kAuto;
};

// Each setter returns "" or what is wrong and what would be right.
using Sentence = std::string;

Sentence set_count(uint64_t& to, std::string_view text, uint64_t lowest, uint64_t highest) {
  const std::optional<uint64_t> value = parse_count(text);
  if (!value || *value < lowest || *value > highest) {
    return fmt::format("give a whole number from {} to {}", lowest, highest);
  }
  to = *value;
  return {};
}

Sentence set_duration(int64_t& to, std::string_view text, int64_t lowest_ns, int64_t highest_ns) {
  const std::optional<int64_t> value = parse_duration_ns(text);
  if (!value || *value > highest_ns) return "give a number and a unit (ns, us, ms, s, m, h), such as 10s or 2.5ms";
  if (*value < lowest_ns) return "it is too short; give at least 1ms";
  to = *value;
  return {};
}

Sentence set_rate(int64_t& to, std::string_view text) {
  const std::optional<int64_t> value = parse_milli(text);
  if (!value || *value <= 0 || *value > kMaxRateMilli) {
    return fmt::format("give requests per second, from 0.001 to {}, such as 10000", kMaxRateMilli / 1000);
  }
  to = *value;
  return {};
}

Sentence add_step(std::vector<Step>& to, std::string_view text) {
  const size_t colon = text.find(':');
  Sentence form = "give RATE:DURATION pairs with commas, such as 1000:10s,2000:10s";
  if (colon == std::string_view::npos) return form;
  Step step;
  if (!set_rate(step.rate_milli, text.substr(0, colon)).empty()) return form;
  if (!set_duration(step.duration_ns, text.substr(colon + 1), 1'000'000, kMaxDurationNs).empty()) return form;
  to.push_back(step);
  return {};
}

Sentence set_steps(Draft& draft, std::string_view text) {
  for (size_t comma = 0; comma != std::string_view::npos; text.remove_prefix(std::min(comma, text.size() - 1) + 1)) {
    comma = text.find(',');
    if (Sentence wrong = add_step(draft.steps, text.substr(0, comma)); !wrong.empty()) return wrong;
  }
  return draft.steps.size() <= kMaxSteps ? "" : fmt::format("give at most {} steps", kMaxSteps);
}

Sentence set_share(Draft& draft, std::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<uint64_t> index = parse_count(text.substr(0, slash));
  const std::optional<uint64_t> count =
      slash == std::string_view::npos ? std::nullopt : parse_count(text.substr(slash + 1));
  if (!index || !count || *index == 0 || *index > *count || *count > kMaxShares) {
    return fmt::format("give K/N with 1 <= K <= N <= {}, such as 1/3", kMaxShares);
  }
  draft.share = Share{*index - 1, *count};
  return {};
}

Sentence set_start(Draft& draft, std::string_view text) {
  const std::optional<int64_t> milli = parse_milli(text);
  if (!milli || *milli <= 0 || *milli > kMaxStartMilli)
    return "give seconds since 1970, such as the output of date +%s.%3N";
  draft.start_at_unix_ns = *milli * 1'000'000;
  return {};
}

Sentence check_header(std::string_view header) {
  constexpr std::array<std::string_view, 4> kOwn = {"Host", "Content-Length", "Transfer-Encoding", "Connection"};
  const std::string_view name = header.substr(0, header.find(':'));
  if (name.size() == header.size() || !http::grammar::is_token(name)) return "give 'Name: value'";
  if (std::any_of(header.begin(), header.end(),
                  [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; })) {
    return "a value must not contain control characters";
  }
  for (const std::string_view own : kOwn) {
    if (http::grammar::equal_fold_ascii(name, own)) return fmt::format("duel-load itself writes {}; leave it out", own);
  }
  return {};
}

// TEXT, @FILE or size:BYTES
Sentence read_body(std::string& to, std::string_view spec) {
  if (spec.starts_with("size:")) {
    const std::optional<uint64_t> bytes = parse_bytes(spec.substr(5));
    if (!bytes || *bytes > kMaxBodyBytes) return "give size:BYTES with at most 1024m, such as size:200 or size:512k";
    to.assign(*bytes, 'x');
    return {};
  }
  if (!spec.starts_with('@')) {
    to = spec;
    return {};
  }
  const std::string path(spec.substr(1));
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open() || std::filesystem::is_directory(path)) {
    return fmt::format("the file {} cannot be read; correct its name after the @", path);
  }
  std::array<char, 65536> piece;
  while (to.size() <= kMaxBodyBytes && file) {  // a device such as /dev/zero has no end
    file.read(piece.data(), piece.size());
    to.append(piece.data(), static_cast<size_t>(file.gcount()));
  }
  if (file.bad()) return fmt::format("the file {} cannot be read to its end; send another one", path);
  return to.size() <= kMaxBodyBytes ? "" : "the file is larger than 1024m; send a smaller one";
}

Sentence set_chunk(uint64_t& to, std::string_view text) {
  const std::optional<uint64_t> bytes = parse_bytes(text);
  if (!bytes || *bytes == 0) return "give the bytes of a chunk, such as 16k";
  to = *bytes;
  return {};
}

Sentence check_method(std::string_view method) {
  if (!http::grammar::is_token(method)) return "give a method, such as GET or POST";
  return method == "CONNECT" ? "CONNECT makes a tunnel; give another method" : "";
}

Sentence set_mix_part(RequestKind& kind, std::string_view key, std::string_view value) {
  if (key == "body") {
    kind.has_body = true;
    return read_body(kind.body, value);
  }
  if (key == "chunk") return set_chunk(kind.chunk_bytes, value);
  if (key != "header") return fmt::format("{} is unknown; use body=, chunk= or header=", key);
  kind.headers.emplace_back(value);
  return check_header(value);
}

Sentence check_target(std::string_view target) {
  const bool visible = std::all_of(target.begin(), target.end(), http::grammar::is_visible_ascii);
  return target.starts_with('/') && visible ? "" : "the path must begin with / and have no spaces";
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// WEIGHT METHOD PATH [body=SPEC] [chunk=BYTES] [header=NAME:VALUE]
Sentence add_mix(Draft& draft, std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() < 3) return "give 'WEIGHT METHOD PATH [body=SPEC] [chunk=BYTES] [header=NAME:VALUE]'";
  RequestKind kind;
  kind.method = words[1];
  kind.target = words[2];
  Sentence wrong = set_count(kind.weight, words[0], 1, RequestMix::kMaxWeights);
  if (wrong.empty()) wrong = check_method(kind.method);
  if (wrong.empty()) wrong = check_target(kind.target);
  for (size_t i = 3; i < words.size() && wrong.empty(); ++i) {
    const size_t equals = std::min(words[i].find('='), words[i].size());
    wrong = set_mix_part(kind, words[i].substr(0, equals), words[i].substr(std::min(equals + 1, words[i].size())));
  }
  if (wrong.empty() && kind.chunk_bytes > 0 && !kind.has_body) wrong = "chunk= divides a body; add body=";
  draft.mix.push_back(std::move(kind));
  return wrong;
}

Sentence set_progress(Draft& draft, std::string_view text) {
  if (text != "auto" && text != "on" && text != "off") return "give auto, on or off";
  draft.progress = text == "auto" ? Progress::kAuto : text == "on" ? Progress::kOn : Progress::kOff;
  return {};
}

struct Option {
  std::string_view name;
  std::string_view value;
  std::string_view help;
  Sentence (*set)(Draft&, std::string_view);
  bool many = false;  // whether the option may be given several times
};

constexpr auto
    kTable =
        std::to_array<Option>(
            {
                {"rate", "N",
                 "Open loop: send N requests per second, evenly spaced. Without it and --steps: closed loop.",
                 [](Draft& d, std::string_view v) { return set_rate(d.rate_milli, v); }},
                {"steps", "RATE:TIME,...", "Open loop with several rates, one after the other.", set_steps},
                {"duration", "TIME", "Duration of the run, without --warmup. Default: 10s",
                 [](Draft& d, std::string_view v) {
                   return set_duration(d.duration_ns, v, 1'000'000, kMaxDurationNs);
                 }},
                {"warmup", "TIME", "Load the server before the run without counting. Default: 0",
                 [](Draft& d, std::string_view v) { return set_duration(d.warmup_ns, v, 0, kMaxDurationNs); }},
                {"connections", "N", "Connections of all threads. Default: 64",
                 [](Draft& d, std::string_view v) { return set_count(d.connections, v, 1, kMaxConnections); }},
                {"pipeline", "N", "Requests in flight per connection. Default: 1",
                 [](Draft& d, std::string_view v) { return set_count(d.pipeline, v, 1, kMaxPipeline); }},
                {"requests-per-connection", "N",
                 "Close a connection after N requests; 1: short connections. Default: 0, no limit",
                 [](Draft& d, std::string_view v) { return set_count(d.requests_per_connection, v, 0, UINT64_MAX); }},
                {"threads", "N", "Threads, each with a ring and its part of the connections. Default: 1",
                 [](Draft& d, std::string_view v) { return set_count(d.threads, v, 1, kMaxThreads); }},
                {"timeout", "TIME",
                 "Time limit of an answer; also how long the run waits for the last answers. Default: 5s",
                 [](Draft& d, std::string_view v) {
                   return set_duration(d.timeout_ns, v, 1'000'000, Histogram::kMaxNs);
                 }},
                {"method", "METHOD", "Method. Default: GET, with --body POST",
                 [](Draft& d, std::string_view v) { return check_method(d.method = v); }},
                {"header", "'NAME: VALUE'", "A field of every request. May be given several times.",
                 [](Draft& d, std::string_view v) { return check_header(d.headers.emplace_back(v)); }, true},
                {"body", "SPEC", "Body of every request: a text, @FILE, or size:BYTES for that number of letters x.",
                 [](Draft& d, std::string_view v) { return read_body(d.body.emplace(), v); }},
                {"chunk", "BYTES", "Send the body in chunks of this size instead of with a Content-Length.",
                 [](Draft& d, std::string_view v) { return set_chunk(d.chunk_bytes, v); }},
                {"mix", "'WEIGHT METHOD PATH [body=SPEC] [chunk=BYTES] [header=NAME:VALUE]'",
                 "One kind of a mix of requests, sent as often as its weight says. May be given several times.",
                 add_mix, true},
                {"trace-id", "PREFIX",
                 "Add X-Trace-ID to every request: the prefix and the request's number in 16 digits.",
                 [](Draft& d, std::string_view v) {
                   d.trace_prefix = v;
                   return v.empty() ? Sentence("give a prefix, such as run7-")
                                    : check_header("X-Trace-ID: " + d.trace_prefix);
                 }},
                {"share", "K/N", "Send only the requests K, K + N, K + 2N ... of the schedule, if N programs share it.",
                 set_share},
                {"start-at", "SECONDS", "Start the schedule at this time (seconds since 1970, up to three decimals).",
                 set_start},
                {"spin", "TIME", "Wait actively for the last part before each intended time. Default: 20us",
                 [](Draft& d, std::string_view v) { return set_duration(d.spin_ns, v, 0, kSecondNs); }},
                {"max-lateness",
                 "TIME", "The run is void if the P99 of the generator's own lateness is above this. Default: 100us",
                 [](Draft& d, std::string_view v) { return set_duration(d.max_lateness_ns, v, 0, kMaxDurationNs); }},
                {"output", "FILE", "Write the JSON to FILE instead of standard output.",
                 [](Draft& d, std::string_view v) {
                   d.output = v;
                   return Sentence(v.empty() ? "give the name of a file" : "");
                 }},
                {"progress", "auto|on|off",
                 "A line on standard error while the run lasts. Default: auto, on a terminal", set_progress},
            });

std::string help_text() {
  std::string text =
      "duel-load sends HTTP/1.1 requests at given times and reports latencies from those times, as JSON.\n\n"
      "Usage: duel-load [OPTIONS] http://HOST[:PORT]/PATH\n\n";
  for (const Option& option : kTable) {
    text += fmt::format("  --{}={}\n        {}\n", option.name, option.value, option.help);
  }
  return text +
         "  --help, --version\n\n"
         "Exit status: 0 measured; 1 failed; 2 wrong option; 3 measured, but void (the JSON says why); 130 "
         "interrupted,\n"
         "nothing is written. bench/load/README.md explains the terms and the JSON.\n";
}

// Combinations that contradict each other.
Sentence contradiction(const Draft& d) {
  const bool open = d.rate_milli > 0 || !d.steps.empty();
  const auto names_trace = [](std::string_view header) {
    return http::grammar::equal_fold_ascii(header.substr(0, header.find(':')), "X-Trace-ID");
  };
  if (!d.url) return "no URL was given: name the server and the path, such as http://127.0.0.1:8080/ping";
  if (d.rate_milli > 0 && !d.steps.empty()) return "--rate and --steps exclude each other: leave one out";
  if (d.duration_ns > 0 && !d.steps.empty()) return "--steps has its own durations: leave --duration out";
  if (d.share && !open) return "--share divides a schedule: add --rate or --steps";
  if (d.threads > d.connections) return "every thread needs a connection: give --threads of at most --connections";
  if (d.chunk_bytes > 0 && !d.body) return "--chunk divides a body: add --body";
  if (!d.mix.empty() && (d.body || !d.method.empty())) {
    return "--mix has its own methods and bodies: leave --method, --body and --chunk out";
  }
  if (d.requests_per_connection > 0 && d.pipeline > d.requests_per_connection) {
    return "--pipeline must not exceed --requests-per-connection: lower it";
  }
  uint64_t weights = 0;
  bool traced = std::any_of(d.headers.begin(), d.headers.end(), names_trace);
  for (const RequestKind& kind : d.mix) {
    weights += kind.weight;
    traced |= std::any_of(kind.headers.begin(), kind.headers.end(), names_trace);
  }
  if (!d.trace_prefix.empty() && traced) return "--trace-id and a header both set X-Trace-ID: leave one out";
  if (weights > RequestMix::kMaxWeights) {
    return fmt::format("the weights of --mix add up to more than {}: divide them by a common factor",
                       RequestMix::kMaxWeights);
  }
  return {};
}

// What the machine must have. Raises the soft limit of open files.
Sentence machine_lacks(const Draft& d) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const uint64_t needed = d.connections + d.threads + kReservedDescriptors;
  if (limit.rlim_max < needed) {
    return fmt::format(
        "--connections={} needs {} open files and the limit is {}: raise it (ulimit -Hn) or lower the number",
        d.connections, needed, limit.rlim_max);
  }
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = needed;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (d.output.empty()) return {};
  const std::filesystem::path folder = std::filesystem::path(d.output).parent_path();
  if (access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0 && !std::filesystem::is_directory(d.output))
    return {};
  return fmt::format("--output={} cannot be written: name a file in a folder that exists and is writable", d.output);
}

std::vector<Step> steps_of(const Draft& d) {
  std::vector<Step> steps = d.steps;
  if (steps.empty())
    steps = {{.rate_milli = d.rate_milli, .duration_ns = d.duration_ns > 0 ? d.duration_ns : 10 * kSecondNs}};
  if (d.warmup_ns > 0) {
    steps.insert(steps.begin(), {.rate_milli = steps[0].rate_milli, .duration_ns = d.warmup_ns, .warmup = true});
  }
  return steps;
}

std::vector<RequestKind> kinds_of(const Draft& d) {
  std::vector<RequestKind> kinds = d.mix;
  if (kinds.empty()) {
    kinds.push_back({.method = !d.method.empty() ? d.method
                               : d.body          ? "POST"
                                                 : "GET",
                     .target = d.url->target,
                     .body = d.body.value_or(""),
                     .has_body = d.body.has_value(),
                     .chunk_bytes = d.chunk_bytes});
  }
  for (RequestKind& kind : kinds) kind.headers.insert(kind.headers.begin(), d.headers.begin(), d.headers.end());
  return kinds;
}

Options finish(const Draft& d) {
  return {.url = *d.url,
          .kinds = kinds_of(d),
          .trace_prefix = d.trace_prefix,
          .plan = {.steps = steps_of(d),
                   .share = d.share.value_or(Share{}),
                   .connections = static_cast<uint32_t>(d.connections),
                   .pipeline = static_cast<uint32_t>(d.pipeline),
                   .requests_per_connection = d.requests_per_connection,
                   .timeout_ns = d.timeout_ns},
          .threads = static_cast<uint32_t>(d.threads),
          .start_at_unix_ns = d.start_at_unix_ns,
          .spin_ns = d.spin_ns,
          .max_lateness_ns = d.max_lateness_ns,
          .output = d.output,
          .progress = d.progress};
}

Sentence set_url(Draft& draft, std::string_view text) {
  if (draft.url) return fmt::format("{} is a second URL: give one, and further paths with --mix", text);
  draft.url = parse_url(text);
  return draft.url ? "" : fmt::format("{} is no URL of the form http://HOST[:PORT]/PATH: correct it", text);
}

// Takes the argument at `at`, and the next one if it is its value.
Sentence take(Draft& draft, const std::vector<std::string_view>& arguments, size_t& at) {
  const std::string_view argument = arguments[at];
  if (!argument.starts_with('-')) return set_url(draft, argument);
  const size_t equals = argument.find('=');
  const std::string_view name = argument.substr(0, equals);
  const auto* const option = std::find_if(kTable.begin(), kTable.end(), [&](const Option& each) {
    return name.starts_with("--") && name.substr(2) == each.name;
  });
  if (option == kTable.end()) return fmt::format("{} is no option: duel-load --help lists all", name);
  if (equals == std::string_view::npos && ++at == arguments.size()) {
    return fmt::format("{} needs a value: {}={}", name, name, option->value);
  }
  const std::string_view value = equals == std::string_view::npos ? arguments[at] : argument.substr(equals + 1);
  if (!option->many) {
    const auto [before, first] = draft.given.emplace(option->name, value);
    if (before->second != value) {
      return fmt::format("{} is given twice, as {} and as {}: give it once", name, before->second, value);
    }
    if (!first) return {};
  }
  const Sentence wrong = option->set(draft, value);
  return wrong.empty() ? "" : fmt::format("{}={}: {}", name, value, wrong);
}

}  // namespace

ParsedOptions parse_options(const std::vector<std::string_view>& arguments) {
  Draft draft;
  for (size_t at = 0; at < arguments.size(); ++at) {
    if (arguments[at] == "--help") return {.text = help_text()};
    if (arguments[at] == "--version") return {.text = "duel-load " DUEL_VERSION "\n"};
    if (const Sentence wrong = take(draft, arguments, at); !wrong.empty()) return {.error = wrong};
  }
  if (const Sentence wrong = contradiction(draft); !wrong.empty()) return {.error = wrong};
  if (const Sentence wrong = machine_lacks(draft); !wrong.empty()) return {.error = wrong};
  return {.options = finish(draft)};
}

}  // namespace duel::load

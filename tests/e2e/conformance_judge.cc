#include <algorithm>
#include <stdexcept>

#include "http/date.h"
#include "tests/e2e/conformance.h"

namespace duel::e2e {
namespace {

[[noreturn]] void find_fault(const std::string& what) {
  throw std::runtime_error(what);
}

bool is_status_word(const std::string& word) {
  return word.size() >= 3 && word[0] >= '1' && word[0] <= '5' && (word.size() == 3 || word[3] == ',');
}

// Whether the expectation allows the status. `word` is, for example, "200", "400,501" or "4xx".
bool covers(const std::string& word, int status) {
  const std::string text = std::to_string(status);
  for (size_t at = 0; at < word.size(); at += 4) {
    const std::string one = word.substr(at, 3);
    if (one == text || (one.ends_with("xx") && one[0] == text[0])) return true;
  }
  return false;
}

// Whether every status of the expectation is that of an error.
bool is_refusal(const std::string& word) {
  for (size_t at = 0; at < word.size(); at += 4) {
    if (word[at] < '4') return false;
  }
  return true;
}

bool is_date(const std::string& text) {
  const auto date = http::parse_date(text);
  if (!date) return false;
  const http::DateText canonical = http::format_date(*date);
  return text == std::string_view(canonical.data(), canonical.size());
}

// The rules that every answer must follow.
void check_framing(const Reply& reply) {
  const int status = reply.status();
  const size_t lengths = reply.head.count("Content-Length");
  const size_t codings = reply.head.count("Transfer-Encoding");
  if (!reply.head.status_line.starts_with("HTTP/1.1 ")) find_fault("the version of the answer");
  if (lengths + codings > 1) find_fault("more than one framing");
  if ((status < 200 || status == 204) && lengths + codings > 0) find_fault("framing without a body (RFC 9110 §8.6)");
}

void check_fields(const Reply& reply) {
  const int status = reply.status();
  if (status >= 200 && status < 500 && (reply.head.count("Date") != 1 || !is_date(reply.field("Date")))) {
    find_fault("Date (RFC 9110 §6.6.1)");
  }
  if (http::parse_date(reply.field("Last-Modified")) > http::parse_date(reply.field("Date"))) {
    find_fault("Last-Modified later than Date (RFC 9110 §8.8.2.1)");
  }
  if (!reply.body.empty() && reply.head.count("Content-Type") != 1) find_fault("Content-Type (RFC 9110 §8.3)");
}

// One word about the last answer: +Name, -Name, Name=value, Name~part, "body", ~"part of the body".
void check_word(const std::string& word, const Reply& reply) {
  const auto is_quoted = [](const std::string& text) {
    return text.size() >= 2 && text[0] == '"' && text.ends_with('"');
  };
  if (is_quoted(word)) {
    if (reply.body != word.substr(1, word.size() - 2)) find_fault("not the body " + word);
  } else if (word[0] == '~' && is_quoted(word.substr(1))) {
    if (reply.body.find(word.substr(2, word.size() - 3)) == std::string::npos) find_fault("no " + word);
  } else if (word[0] == '+' || word[0] == '-') {
    if ((reply.head.count(word.substr(1)) == 1) != (word[0] == '+')) find_fault(word);
  } else if (const size_t at = word.find_first_of("=~"); at != std::string::npos) {
    const std::string value = reply.field(word.substr(0, at));
    const std::string wanted = word.substr(at + 1);
    if (word[at] == '=' ? value != wanted : value.find(wanted) == std::string::npos) find_fault(word + " is " + value);
  } else {
    find_fault("unknown word " + word);
  }
}

class Judging {
 public:
  // Appends what it receives to `seen`.
  Judging(const Target& target, Pieces pieces, std::string& seen)
      : target_(target), pieces_(pieces), client_(target.port, {.patience = target.patience}), seen_(seen) {}

  void take(const Step& step) {
    send(step.send);
    if (step.shut_down) client_.shut_down_sending();
    for (size_t i = 0; i < step.expect.size(); ++i) {
      const bool head_only = i + 1 < step.expect.size() && step.expect[i + 1] == "head";
      take_word(step.expect[i], head_only);
    }
  }

 private:
  void take_word(const std::string& word, bool head_only) {
    if (word == "head") return;
    if (is_status_word(word)) {
      take_answer(word, head_only);
    } else if (word == "close") {
      if (const std::string rest = client_.receive_to_end(); !rest.empty()) find_fault("unexpected bytes: " + rest);
      if (!target_.lenient && reply_.status() >= 200 && reply_.field("Connection") != "close")
        find_fault("closed without announcing it (RFC 9112 §9.6)");
    } else if (word == "open") {
      const Reply probe = client_.get("/api/v1/user/probe");
      if (probe.body != "probe") find_fault("extra bytes, or no answer: " + probe.raw);
    } else if (word == "silent") {
      synchronise(target_.port, target_.workers);
      if (client_.readable(std::chrono::milliseconds(0))) find_fault("an answer too early");
    } else {
      check_word(word, reply_);
    }
  }

  void take_answer(const std::string& word, bool head_only) {
    const bool lenient_refusal = target_.lenient && is_refusal(word);
    if (lenient_refusal && client_.pending().empty() && !client_.receive_piece()) {
      reply_ = {};
      return;
    }
    reply_ = client_.receive(head_only);
    seen_ += reply_.raw.substr(0, 300);
    if (!covers(lenient_refusal ? "4xx,5xx" : word, reply_.status())) find_fault("not " + word);
    check_framing(reply_);
    if (!target_.lenient) check_fields(reply_);
  }

  void send(const std::string& bytes) {
    switch (pieces_) {
      case Pieces::kWhole:
        return client_.send(bytes);
      case Pieces::kHalves:
        client_.send(bytes.substr(0, bytes.size() / 2));
        synchronise(target_.port, target_.workers);
        return client_.send(bytes.substr(bytes.size() / 2));
      case Pieces::kBytes:
        return client_.send_bytewise(bytes);
    }
  }

  const Target& target_;
  Pieces pieces_;
  Client client_;
  Reply reply_;
  std::string& seen_;
};

}  // namespace

std::string judge(const Case& wanted, const Target& target, Pieces pieces) {
  std::string seen;
  try {
    Judging judging(target, pieces, seen);
    for (const Step& step : wanted.steps) judging.take(step);
  } catch (const std::exception& fault) {
    return std::string(fault.what()) + "; seen: " + seen;
  }
  return {};
}

std::ostream& operator<<(std::ostream& out, const Scores& scores) {
  const auto& [must, should] = scores;
  return out << "MUST " << must.passed << " of " << must.all << ", SHOULD " << should.passed << " of " << should.all;
}

std::vector<std::filesystem::path> case_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace duel::e2e

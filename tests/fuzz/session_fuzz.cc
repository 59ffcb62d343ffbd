#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "router/beego/session/current.h"
#include "router/beego/session/id.h"
#include "router/beego/session/memory_provider.h"
#include "tests/fuzz/check.h"

// The input is a list of requests, one per line. The first byte of a line chooses the action on the session. The rest
// is the value of the Cookie field, in which '@' stands for the id of the newest session.
//
// The target checks that
// - every session has an id that the manager made,
// - a request without a live id never gets the session of another client,
// - a renewed or destroyed id is not live any more,
// - the cookie in the answer can be read back.
namespace duel::beego::session {
namespace {

using fuzz::check;

constexpr std::string_view kName = "beegosessionID";

class Clients {
 public:
  void ask(char what, std::string cookie) {
    for (size_t at = cookie.find('@'); at != std::string::npos; at = cookie.find('@')) cookie.replace(at, 1, last_);
    if (cookie.size() > UINT16_MAX) return;  // the parser refuses such a field
    text_ = "Cookie" + cookie;
    const http::FieldSpan span{0, 6, 6, static_cast<uint16_t>(cookie.size())};
    http::Request request;
    request.fields = {text_.data(), &span, 1};
    std::array<char, 4096> block;
    http::Output output(block.data(), block.data() + block.size());
    const http::DateLine date(0);
    http::Response response(date);
    response.start(request, output, true);

    const auto sent = find_cookie(request, kName);
    const std::string id(sent.value_or(""));
    const bool alive = alive_.contains(id);
    Current current;
    const Store* const found = current.find(&manager_, request);
    check((found != nullptr) == alive, "a session for a dead id, or no session for a live id", cookie);
    check(found == nullptr || found->id() == id, "the session of another client", cookie);
    act(what, current, request, response, id);
    const std::string_view set = response.get("Set-Cookie");
    std::string_view pair = set.substr(0, set.find(';'));
    const auto value = http::grammar::take_cookie(pair, kName);
    check(set.empty() || (value && (value->empty() || alive_.contains(std::string(*value)))),
          "a cookie without a session", set);
    check(provider_->count() == alive_.size(), "too many or too few sessions", cookie);
  }

 private:
  void act(char what, Current& current, const http::Request& request, http::Response& response, const std::string& id) {
    constexpr int kActions = 4;
    switch (what % kActions) {
      case 0: {
        Store& store = current.start(&manager_, request, response);
        add(store, id);
        store.set(id, std::string(id));
        check(store.get(id) == Value(id), "a value was lost", id);
        break;
      }
      case 1: {
        Store& store = current.regenerate(&manager_, request, response);
        check(store.id() != id, "a renewed session kept its id", id);
        alive_.erase(id);
        add(store, id);
        break;
      }
      case 2:
        current.destroy(&manager_, request, response);
        alive_.erase(id);
        break;
      default:
        break;
    }
  }
  void add(const Store& store, const std::string& id) {
    check(is_id(store.id()), "not an id", store.id());
    check(store.id() == id ? alive_.contains(id) : !alive_.contains(store.id()), "an id of the client was adopted", id);
    last_ = *alive_.insert(store.id()).first;
  }

  std::shared_ptr<MemoryProvider> provider_ = std::make_shared<MemoryProvider>();
  Manager manager_{provider_};
  std::set<std::string> alive_;
  std::string last_;
  std::string text_;
};

void run(std::string_view input) {
  constexpr size_t kMaxLines = 1'000;  // far below the limit of the provider
  Clients clients;
  for (size_t line = 0; !input.empty() && line < kMaxLines; ++line) {
    const size_t end = std::min(input.find('\n'), input.size());
    if (end > 0) clients.ask(input.front(), std::string(input.substr(1, end - 1)));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
}

}  // namespace
}  // namespace duel::beego::session

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  duel::beego::session::run({reinterpret_cast<const char*>(data), size});
  return 0;
}

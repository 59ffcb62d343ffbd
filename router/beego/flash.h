// For applications in the Beego style: messages for the next page.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace duel::beego {

class Context;

// Short messages for the next page of the same browser, in a cookie that read() deletes (Beego's FlashData). The cookie
// is not signed: a client can forge messages.
class Flash {
 public:
  // Reads and deletes the cookie. Also sets the context's data entry "flash" to the messages, for templates. A broken
  // cookie gives no messages.
  static Flash read(Context& context);

  void set(std::string_view key, std::string_view message) { messages_.insert_or_assign(std::string(key), message); }
  void success(std::string_view message) { set("success", message); }
  void notice(std::string_view message) { set("notice", message); }
  void warning(std::string_view message) { set("warning", message); }
  void error(std::string_view message) { set("error", message); }

  const std::map<std::string, std::string>& messages() const { return messages_; }

  // Sets the cookie and the context's data entry "flash".
  void store(Context& context) const;

 private:
  std::map<std::string, std::string> messages_;
};

}  // namespace duel::beego

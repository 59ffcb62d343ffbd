#pragma once

#include <map>
#include <string>
#include <string_view>

namespace duel::beego {

class Context;

// Short messages for the next page of the same browser, in a cookie that is deleted when they are read (Beego's
// FlashData). The cookie is not signed: what is read may have been written by the client.
class Flash {
 public:
  // Reads and deletes the cookie. The messages are also put into the context's data, as "flash", for the page.
  static Flash read(Context& context);

  void set(std::string_view key, std::string_view message) { messages_.insert_or_assign(std::string(key), message); }
  void success(std::string_view message) { set("success", message); }
  void notice(std::string_view message) { set("notice", message); }
  void warning(std::string_view message) { set("warning", message); }
  void error(std::string_view message) { set("error", message); }

  const std::map<std::string, std::string>& messages() const { return messages_; }

  // Sets the cookie, and "flash" in the context's data.
  void store(Context& context) const;

 private:
  std::map<std::string, std::string> messages_;
};

}  // namespace duel::beego

#include "router/beego/session/manager.h"
#include "router/beego/session/memory_provider.h"
#include "router/beego/session/sqlite_provider.h"

namespace session = duel::beego::session;

int main() {
  auto pool = std::make_shared<duel::sql::Pool>(duel::sql::OpenOptions{}, session::SqliteProvider::create_tables);
  const session::Manager stored(std::make_shared<session::SqliteProvider>(pool));
  const session::Manager in_memory(std::make_shared<session::MemoryProvider>());
}

#include "router/sql/pool.h"

int main() {
  duel::sql::Pool pool({.file = ":memory:"});
  const auto connection = pool.take();
  duel::sql::Rows rows(connection->prepared("SELECT 1"));
  return rows.next() && rows.integer(0) == 1 ? 0 : 1;
}

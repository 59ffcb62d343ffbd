#include "router/url/url.h"

int main() {
  duel::url::Url url;
  return duel::url::parse_target("GET", "/a%20b?q", url) && url.path == "/a b" ? 0 : 1;
}

#include "router/templates/template_set.h"

int main() {
  const duel::templates::TemplateSet set({{"page", "{{> part}}"}, {"part", "text"}});
  return set.find("page")->error().empty() && set.find("none") == nullptr ? 0 : 1;
}

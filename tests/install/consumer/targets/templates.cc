#include "router/templates/template_set.h"

int main() {
  const duel::templates::Sources sources{{"page", "{{> part}}"}, {"part", "text"}};
  const duel::templates::TemplateSet set(sources);
  return set.find("page")->error().empty() && set.find("none") == nullptr ? 0 : 1;
}

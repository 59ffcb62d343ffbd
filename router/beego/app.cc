#include "router/beego/app.h"

namespace duel::beego {

void App::insert_filter_chain(std::string_view pattern, FilterChain chain) {
  Tree().add(pattern, nullptr);  // throws for a bad pattern
  chains_.push_back({std::string(pattern), std::move(chain)});
}

}  // namespace duel::beego

#include "router/beego/namespace.h"

namespace duel::beego {

void Namespace::condition(std::function<bool(Context&)> holds) {
  auto filter = [holds = std::move(holds)](Context& context) {
    if (!holds(context)) context.show_error("405");
  };
  prepend_filter("*", FilterPosition::kBeforeRouter, std::move(filter));
}

void Namespace::before(HandlerFunction filter) {
  insert_filter("*", FilterPosition::kBeforeRouter, std::move(filter));
}

void Namespace::after(HandlerFunction filter) {
  insert_filter("*", FilterPosition::kFinishRouter, std::move(filter));
}

}  // namespace duel::beego

#include "router/beego/context.h"

#include "router/beego/errors.h"

namespace duel::beego {

void Context::show_error(std::string_view code) {
  error_pages_->show(code, *this);
}

}  // namespace duel::beego

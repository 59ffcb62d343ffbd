#pragma once

#include <memory>

#include "router/beego/app.h"
#include "servers/demo/users.h"

namespace duel::servers::demo {

// Adds the routes of users and sessions that `options` enable. The caller must keep the returned object as long as the
// application serves, because the controllers use it.
std::shared_ptr<const void> add_data(beego::App& app, const config::DataOptions& options);

}  // namespace duel::servers::demo

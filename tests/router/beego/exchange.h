#pragma once

#include "tests/router/recorded/exchange.h"

namespace duel::beego::testing {

using recorded::Answer;
using recorded::exchange;
using recorded::FullRequest;
using recorded::make_request;

}  // namespace duel::beego::testing

// expect: /user/:/x
// expect: a wildcard needs a name
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/user/:/x", ping));

Engine<kApp> engine;

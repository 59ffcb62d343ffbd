// expect: "/a"
// expect: capital letters
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(handle("get", "/a", ping));

Engine<kApp> engine;

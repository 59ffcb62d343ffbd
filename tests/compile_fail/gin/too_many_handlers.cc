// expect: "/x"
// expect: kMaxHandlers
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp =
    router(get("/x", ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping,
               ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping,
               ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping,
               ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping, ping));

Engine<kApp> engine;

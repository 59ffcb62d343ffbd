#pragma once

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/router/gin/probe.h"

// What the tests of several middleware use.
namespace duel::gin::testing {

// Sends one request to the application kApp. `body` runs as its handler run_probe.
template <const auto& kApp>
Answer ask(std::string_view method, const std::vector<FieldText>& fields, std::function<void(Context&)> body,
           std::string_view target = "/probe") {
  probe_body = std::move(body);
  Engine<kApp> engine;
  return exchange(engine, method, target, fields);
}

inline void answer_ok(Context& c) {
  c.string(200, "ok");
}

inline const std::vector<FieldText> kTakesGzip = {{"Accept-Encoding", "br, gzip"}};

inline std::string unzip(const std::string& bytes) {
  std::string text(1 << 20, 0);
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  size_t size = 0;
  EXPECT_EQ(libdeflate_gzip_decompress(decompressor, bytes.data(), bytes.size(), text.data(), text.size(), &size),
            LIBDEFLATE_SUCCESS);
  libdeflate_free_decompressor(decompressor);
  return text.substr(0, size);
}

}  // namespace duel::gin::testing

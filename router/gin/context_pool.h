#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "alloc/pool.h"
#include "alloc/pool_use.h"
#include "http/request.h"
#include "http/response.h"
#include "router/gin/context.h"
#include "router/gin/memory/context_memory.h"

namespace duel::gin {

// For Engine. The contexts of one worker. A new object is constructed for each request, in memory that the pool keeps;
// its ContextMemory is kept, too. For one thread.
class ContextPool {
 public:
  // If `keep` is false, context and memory are allocated for each request.
  explicit ContextPool(bool keep) : keep_(keep), contexts_(kMaxPooled) { memories_.reserve(kMaxPooled); }

  // A context for one request. The destructor gives it back, also if a handler throws.
  class Lease {
   public:
    Lease(ContextPool& pool, const http::Request& request, http::Response& response, const Proxies& proxies)
        : pool_(pool), memory_(pool.take_memory()) {
      if (pool.keep_) context_ = pool.contexts_.take(request, response, *memory_, proxies);
      pooled_ = context_ != nullptr;
      pool.use_.count(pooled_);
      if (!pooled_) context_ = new Context(request, response, *memory_, proxies);
    }
    [[gnu::always_inline]] ~Lease() {
      if (pooled_) {
        pool_.contexts_.give(context_);
      } else {
        delete context_;
      }
      pool_.give_memory(std::move(memory_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Context& context() { return *context_; }

   private:
    ContextPool& pool_;
    std::unique_ptr<memory::ContextMemory> memory_;
    Context* context_ = nullptr;
    bool pooled_;
  };

 private:
  // A worker handles one request at a time, but a handler may itself call an engine with another request.
  static constexpr size_t kMaxPooled = 4;

  std::unique_ptr<memory::ContextMemory> take_memory() {
    if (memories_.empty()) return std::make_unique<memory::ContextMemory>();
    std::unique_ptr<memory::ContextMemory> memory = std::move(memories_.back());
    memories_.pop_back();
    return memory;
  }
  [[gnu::always_inline]] void give_memory(std::unique_ptr<memory::ContextMemory> memory) {
    if (!keep_ || memories_.size() == kMaxPooled) return;
    memory->arena.reset();
    memory->buffer.clear();
    memories_.push_back(std::move(memory));
  }

  bool keep_;
  alloc::Pool<Context> contexts_;
  alloc::PoolUse use_{"gin_contexts"};
  std::vector<std::unique_ptr<memory::ContextMemory>> memories_;
};

}  // namespace duel::gin

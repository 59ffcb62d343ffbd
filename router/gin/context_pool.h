#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <memory>

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
  explicit ContextPool(bool keep) : keep_(keep), contexts_(kMaxPooled) {}

  // A context for one request. The destructor gives it back, also if a handler throws. The lease that began last ends
  // first, because each is a local variable.
  class Lease {
   public:
    [[gnu::always_inline]] Lease(ContextPool& pool, const http::Request& request, http::Response& response,
                                 const Proxies& proxies)
        : pool_(pool), memory_(pool.next_memory()) {
      pool.use_.count(memory_ != nullptr);
      context_ = memory_ != nullptr ? pool.contexts_.take(request, response, *memory_, proxies)
                                    : make_own(request, response, proxies);
    }
    [[gnu::always_inline]] ~Lease() {
      if (memory_ != nullptr) {
        pool_.contexts_.give(context_);
        assert(pool_.memories_[pool_.contexts_.in_use()].get() == memory_);
        memory_->arena.reset();
        memory_->buffer.clear();
      } else {
        delete context_;
      }
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    Context& context() { return *context_; }

   private:
    [[gnu::noinline]] Context* make_own(const http::Request& request, http::Response& response,
                                        const Proxies& proxies) {
      own_memory_ = std::make_unique<memory::ContextMemory>();
      return new Context(request, response, *own_memory_, proxies);
    }

    ContextPool& pool_;
    memory::ContextMemory* memory_;  // of the pool; null if the context has memory of its own
    std::unique_ptr<memory::ContextMemory> own_memory_;
    Context* context_;
  };

 private:
  // A worker handles one request at a time, but a handler may itself call an engine with another request.
  static constexpr size_t kMaxPooled = 4;

  // Of the context that is taken next; null if it is not of the pool.
  memory::ContextMemory* next_memory() {
    const size_t in_use = contexts_.in_use();
    if (!keep_ || in_use == kMaxPooled) return nullptr;
    std::unique_ptr<memory::ContextMemory>& memory = memories_[in_use];
    if (memory == nullptr) [[unlikely]]
      memory = std::make_unique<memory::ContextMemory>();
    return memory.get();
  }

  bool keep_;
  alloc::Pool<Context> contexts_;
  alloc::PoolUse use_{"gin_contexts"};
  std::array<std::unique_ptr<memory::ContextMemory>, kMaxPooled> memories_;  // indexed by depth; made once
};

}  // namespace duel::gin

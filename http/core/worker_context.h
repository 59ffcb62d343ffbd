#pragma once

#include <cstdint>
#include <memory>

#include "alloc/accounts.h"
#include "alloc/pool.h"
#include "alloc/pool_use.h"
#include "http/core/admission.h"
#include "http/core/connection_table.h"
#include "http/core/deadlines.h"
#include "http/core/file_transfer.h"
#include "http/core/parser.h"
#include "http/core/partial_request.h"
#include "http/core/ring.h"
#include "http/core/send_blocks.h"
#include "http/core/simple_head.h"
#include "http/core/worker_counters.h"
#include "http/date.h"
#include "http/deferred_answer.h"
#include "http/handler.h"
#include "http/server.h"

namespace duel::http::core {

// The state that the connections of one worker share. Only the worker's thread uses it, except `counters`, which other
// threads read.
struct WorkerContext {
  WorkerContext(const ServerOptions& server_options, const HandlerFactory& make_handler, Admission& server_admission,
                WorkerCounters& worker_counters, const std::shared_ptr<FinishedAnswers>& finished)
      : options(server_options),
        admission(server_admission),
        counters(worker_counters),
        finished_answers(finished),
        handler(make_handler()),
        connections(admission.limit()),
        ring(options.ring),
        deadlines(admission.limit(), {.header_ms = options.header_timeout.count(),
                                      .body_ms = options.body_timeout.count(),
                                      .idle_ms = options.idle_timeout.count(),
                                      .write_ms = options.write_timeout.count(),
                                      .linger_ms = limits::kLingerMs}),
        partial_requests(limits::kPooledPartialRequests),
        parser(options.max_body),
        simple_heads(options.head_scan, options.max_body),
        response(date) {}

  PartialRequest* take_partial_request(const RequestParser& start) {
    PartialRequest* const pooled = partial_requests.take(start, true);
    partial_use.count(pooled != nullptr);
    return pooled != nullptr ? pooled : new PartialRequest(start, false);  // NOLINT: owned by the connection
  }
  void give_partial_request(PartialRequest* request) {
    if (request->pooled()) return partial_requests.give(request);
    delete request;  // NOLINT
  }

  const ServerOptions& options;
  Admission& admission;
  WorkerCounters& counters;
  const std::shared_ptr<FinishedAnswers>& finished_answers;
  alloc::Books books{"worker"};  // declared before the handler, which may use it until it is destroyed
  std::unique_ptr<Handler> handler;
  ConnectionTable connections;
  Ring ring;
  SendBlocks send_blocks;
  Deadlines deadlines;
  alloc::Pool<PartialRequest> partial_requests;
  alloc::PoolUse partial_use{"partial_requests"};
  RequestParser parser;  // for requests that arrive complete
  SimpleHeads simple_heads;
  DateLine date;
  Response response;
  int64_t now_ms = 0;     // monotonic, at the begin of this loop iteration
  bool draining = false;  // connections end with their next answer
};

}  // namespace duel::http::core

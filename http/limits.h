#pragma once

#include <cstddef>
#include <cstdint>

// Every bound of the core, with its reason. What an operator may change is in ServerOptions; these are its defaults or
// fixed sizes.
namespace duel::http::limits {

// RFC 9112 §3 recommends that a server take request lines of at least 8,000 octets. Beyond: 414.
inline constexpr size_t kRequestLineBytes = 8 * 1024;
// Request line and fields together; nginx and Node stop at 16 to 32 KiB. Beyond: 431.
inline constexpr size_t kHeadBytes = 16 * 1024;
// Browsers send about 20 fields, proxies add some. Beyond: 431.
inline constexpr size_t kFieldCount = 100;
// Field lines that a handler may set. A handler that sets more is a bug and is answered with 500.
inline constexpr size_t kResponseFieldBytes = 8 * 1024;
// Chunk framing (sizes, extensions, trailers) is not body; it may cost as much as a head, then 400 (CVE-2023-39326).
inline constexpr size_t kChunkOverheadBytes = 16 * 1024;

inline constexpr size_t kMaxBodyBytes = 1024 * 1024;  // default of --max-body; nginx's client_max_body_size is the same
// Offsets into a request are 32 bits wide, and half of that leaves room for the buffer's growth.
inline constexpr uint64_t kMaxBodyLimitBytes = 1ull << 31;

// One ring a worker. Submissions: what one batch of completions queues before the next enter; more is submitted early.
inline constexpr unsigned kSubmissionEntries = 1024;
// Completions: a receive, a send and an accept for each of 2,000 busy connections; more overflows into kernel memory.
inline constexpr unsigned kCompletionEntries = 8192;

// Receive buffers of a worker, each held only while one completion is handled. 2 KiB takes nearly every request without
// a body. The kernel uses them in turn, so that all that it has are touched: it gets few, which stay in the cache, and
// twice as many whenever it has run out, until 512 sockets may become readable at once; others then wait for a turn.
inline constexpr unsigned kReceiveBuffersAtStart = 128;
inline constexpr unsigned kReceiveBuffers = 512;  // a power of two
inline constexpr size_t kReceiveBufferBytes = 2048;

// Send blocks of a worker, shared by the answers of one batch and in use until its sends have been submitted.
inline constexpr size_t kSendBlockBytes = 64 * 1024;
inline constexpr unsigned kSendBlocks =
    +48    // the answers of a batch: 512 receives with 16 pipelined requests each, of which most are small
    + 16;  // answers of up to 16 KiB
// A connection's answers are sent when they reach this size, and its next request waits: bounds what a client that
// pipelines and does not read can make us keep.
inline constexpr size_t kOutputHighWaterBytes = 64 * 1024;
// What a connection may send ahead while it is not served (kOutputHighWaterBytes, a file); then receiving is stopped.
inline constexpr size_t kQueuedInputBytes = 64 * 1024;

// Requests that arrive in pieces or have to wait: pooled buffers of a worker, of which only the pages written to cost
// memory. More of them, and larger bodies, come from the heap.
inline constexpr unsigned kPooledPartialRequests = 256;
inline constexpr size_t kPartialRequestBytes = +kHeadBytes           // a request that is incomplete
                                               + kQueuedInputBytes;  // what is queued behind it

// Files up to this size are read into the answer at once; larger ones are sent in pieces of this size.
inline constexpr size_t kFileInlineBytes = 16 * 1024;
inline constexpr size_t kFilePieceBytes = 64 * 1024;

// Clients that are turned away (503) cost about as much as a request, and many come back at once. After so many in so
// long a worker accepts nobody for that long: they wait in the kernel's queue, and those that are in keep their share.
// So many are 400 refusals a second, next to some 100,000 requests.
inline constexpr unsigned kRefusalsAtOnce = 8;
inline constexpr int64_t kRefusalPauseMs = 20;
// What a client that is turned away has sent is read up to here, so that it gets to see the answer: a request with its
// head and the beginning of a body. Of a multiple of 4 KiB.
inline constexpr size_t kRefusedInputBytes = 64 * 1024;

// A server that stops still serves those who are just about to ask: a client whose handshake is under way, and one that
// got an answer and has its next request on the wire. Both need a round trip; this is longer than nearly all of them.
inline constexpr int64_t kFarewellMs = 250;

// After the last answer we wait for the client's FIN, so that a reset does not overtake the answer (RFC 9112 §9.6).
inline constexpr int64_t kLingerMs = 2'000;

}  // namespace duel::http::limits

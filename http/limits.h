// For programs, handlers and the core: every bound of the core, with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

// Some are defaults of ServerOptions, which a program may change; the others are fixed.
namespace duel::http::limits {

// RFC 9112 §3 recommends that a server accept request lines of at least 8,000 octets. A longer line gets 414.
inline constexpr size_t kRequestLineBytes = 8 * 1024;
// Request line and fields together; nginx and Node accept 16 to 32 KiB. Larger: 431.
inline constexpr size_t kHeadBytes = 16 * 1024;
// Browsers send about 20 fields; proxies add some. More: 431.
inline constexpr size_t kFieldCount = 100;
// All field lines that a handler sets for one response, in bytes; proxies and clients accept at least that much. A
// handler that sets more has a bug: the answer is 500, or 4xx if the request has kBlamedRequestBytes.
inline constexpr size_t kResponseFieldBytes = 8 * 1024;
// If the fields of a response do not fit, and the target, the fields or the body of the request have at least this
// size, then the client is to blame: the response repeats text of the request, such as the path in the Location of a
// redirect. Escaping makes such text up to three times as long, so shorter text alone cannot fill kResponseFieldBytes.
inline constexpr size_t kBlamedRequestBytes = kResponseFieldBytes / 8;
// Chunk framing (sizes, extensions, trailers) does not count as body, so it has a limit of its own, as large as that of
// a head. Larger framing gets 400 (CVE-2023-39326).
inline constexpr size_t kChunkOverheadBytes = 16 * 1024;

inline constexpr size_t kMaxBodyBytes = 1024 * 1024;  // default of ServerOptions::max_body; nginx has the same default
// Maximum of ServerOptions::max_body. Offsets into a request have 32 bits; half of that range leaves room for the
// growth of the buffer.
inline constexpr uint64_t kMaxBodyLimitBytes = 1ull << 31;

// Default of ServerOptions::min_write_rate, in bytes per second. Every network that people use is faster. Without a
// minimum, a client that reads one byte per ServerOptions::write_timeout keeps its connection for months.
inline constexpr uint32_t kMinWriteRate = 100;

// Each worker has one ring. Submission entries: what one batch of completions queues before the next io_uring_enter(2).
// If more are queued, the ring submits earlier.
inline constexpr unsigned kSubmissionEntries = 1024;
// Completion entries: a receive, a send and an accept for each of 2,000 busy connections. More completions overflow
// into kernel memory.
inline constexpr unsigned kCompletionEntries = 8192;

// Receive buffers of a worker. The worker holds each one only while it handles one completion. Nearly every request
// without a body fits into 2 KiB. The kernel uses all buffers in rotation, so each buffer that exists occupies memory,
// and a small number stays in the CPU's cache: a worker starts with few and doubles the number each time the kernel
// runs out. With the maximum, 256 sockets can become readable at once; further sockets wait for the next iteration of
// the event loop. So the buffers of a worker have at most 512 KiB, whatever its clients send.
inline constexpr unsigned kReceiveBuffersAtStart = 128;
inline constexpr unsigned kReceiveBuffers = 256;  // a power of two
inline constexpr size_t kReceiveBufferBytes = 2048;
// Readable bytes behind received bytes. The scanner of core/simple_head.h loads 16 bytes at once, and notices the end
// of the received bytes after two loads at most.
inline constexpr size_t kReadAheadBytes = 32;

// Send blocks of a worker. The answers of one batch of completions share them; a block is in use until the sends of the
// batch have been submitted.
inline constexpr size_t kSendBlockBytes = 64 * 1024;
inline constexpr unsigned kSendBlocks =
    +24    // the answers of a batch: 256 receives with 16 pipelined requests each; most answers are small
    + 16;  // a reserve for answers of up to 16 KiB
// The answers of a connection are sent when they reach this size, and its next request waits. This bounds the memory
// that a client can occupy by pipelining requests without reading the answers.
inline constexpr size_t kOutputHighWaterBytes = 64 * 1024;
// The bytes that a client may send while an answer to it is still being sent. Then the server stops receiving from it.
inline constexpr size_t kQueuedInputBytes = 64 * 1024;

// Pooled buffers of a worker for requests that arrive in pieces or have to wait. Only pages that were written to occupy
// memory. Further buffers, and larger bodies, come from the heap.
inline constexpr unsigned kPooledPartialRequests = 256;
inline constexpr size_t kPartialRequestBytes = +kHeadBytes           // an incomplete request
                                               + kQueuedInputBytes;  // bytes queued behind it

// Files up to kFileInlineBytes are read into the answer at once; larger files are sent in pieces of kFilePieceBytes.
inline constexpr size_t kFileInlineBytes = 16 * 1024;
inline constexpr size_t kFilePieceBytes = 64 * 1024;

// Refusing a client (503) costs as much as several requests, and many refused clients try again at once. After
// kRefusalsAtOnce refusals within kRefusalPauseMs, a worker accepts no client for kRefusalPauseMs. Clients wait in the
// kernel's queue meanwhile, and the accepted connections keep their share of the CPU. This allows 400 refusals per
// second, beside some 100,000 requests per second.
inline constexpr unsigned kRefusalsAtOnce = 8;
inline constexpr int64_t kRefusalPauseMs = 20;
// The server reads up to this many bytes from a client that it refuses, enough for a head and the beginning of a body:
// closing a socket with unread bytes would send a reset, which may overtake the answer. A multiple of 4 KiB.
inline constexpr size_t kRefusedInputBytes = 64 * 1024;

// How long a stopping server still serves clients that are about to send a request: a client whose handshake is under
// way, and a client that has received an answer and has sent its next request. Both need one round trip; this time is
// longer than nearly every round trip.
inline constexpr int64_t kFarewellMs = 250;

// How long the server waits for the client's FIN after the last answer, so that a reset does not overtake the answer
// (RFC 9112 §9.6).
inline constexpr int64_t kLingerMs = 2'000;

}  // namespace duel::http::limits

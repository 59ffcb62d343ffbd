#!/usr/bin/python3
"""Replaces the server in tests, so that the harness can be tested without a build. It has the same flags, ready line and stats
file, and the pages of the admin port that the harness requests. Like the server, it refuses malformed requests and a field Host that RFC 3986
does not allow, has no route for the path of the harness's probe, and sends the Date.

STUB_FAULT selects one fault:
  silent     never listens
  dies       exits at once with a reason
  status     answers 500 to every request after the first two
  bytes      answers with different bytes in the Beego style
  miscounts  counts every request twice
  short      answers every list with the same length
  orm        answers /orm/... with different bytes than /sql/...
  routes     has no /debug/routes
  heap       answers requests for a heap profile with bytes that are not a profile
  profile    answers requests for a CPU profile at once
  unwritten  answers requests for profiles with 500 and a sentence
"""

import argparse
import asyncio
import email.utils
import gzip
import json
import os
import re
import signal
import sys
import time

BODIES = {"/ping": b"pong", "/json": b'{"message":"pong"}'}
# An IPv6 address has brackets, other names have no colon (RFC 3986, section 3.2.2).
HOST = re.compile(rb"(?i)\r\nhost: *(\[[0-9a-f:.]+\]|[^\s:\[\]]+)(:\d+)?\r\n")
HEAD = re.compile(rb"[A-Z]+ /[^ \r\n]* HTTP/1\.1\r\n([^\s:]+:[^\r\n]*\r\n)+\r\n")
NO_ROUTE = b"/duel-probe"  # the begin of the path
# DUEL_STUB_FAULT stands for the settings of the server, which the harness must not pass on.
FAULT = os.environ.get("DUEL_STUB_FAULT") or os.environ.get("STUB_FAULT", "")


def page(path):
    if FAULT == "orm" and path.startswith("/orm/"):
        return b"other"
    if path.startswith("/list/"):
        return b"x" * (27 if FAULT == "short" else 27 * int(path.rpartition("/")[2]))
    return BODIES.get(path, b"")


ITEM_BYTES = 8192
WARNING = "server: possible memory leak in /api/item/:id: its live bytes grow by 1.0 MB/min since 00:00:00 UTC"


def field(number, value):
    """Encodes a field of a protobuf message; `value` is an int or bytes."""
    def varint(rest):
        return bytes([rest]) if rest < 0x80 else bytes([rest & 0x7F | 0x80]) + varint(rest >> 7)

    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def profile(kind, item_bytes):
    """A profile with two stacks: keep_item, called by main, holds `item_bytes`; main itself holds 1000."""
    strings = ["", kind, "nanoseconds" if kind == "cpu" else "bytes", "keep_item(gin::Context&)", "main"]
    message = field(1, field(1, 1) + field(2, 2))
    message += field(2, field(1, b"\x01\x02") + field(2, item_bytes)) + field(2, field(1, b"\x02") + field(2, 1000))
    message += b"".join(field(4, field(1, place) + field(4, field(1, place))) for place in (1, 2))
    message += b"".join(field(5, field(1, function) + field(2, function + 2)) for function in (1, 2))
    return gzip.compress(message + b"".join(field(6, text.encode()) for text in strings))


class Stub:
    def __init__(self, options):
        self.options = options
        self.requests = 0
        self.errors = 0
        self.item_requests = 0
        self.connections = 0

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if refusal := self.refusal(head):
                    writer.write(b"HTTP/1.1 %s\r\nConnection: close\r\nDate: %s\r\nContent-Length: 0\r\n\r\n" % (refusal, self.date()))
                    break
                path = head.split(b" ", 2)[1].decode()
                self.item_requests += path.startswith("/api/item/")
                posted = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
                body = await reader.readexactly(int(posted[1])) if posted else page(path)
                answer = self.answer(body)
                await self.pause()
                writer.write(answer)
                if b"Connection: close" in head:
                    break
        except asyncio.IncompleteReadError:
            pass
        writer.close()

    def refusal(self, head):
        """The status if the request is refused."""
        if not HEAD.fullmatch(head) or not HOST.search(head):
            return b"400 Bad Request"
        return b"404 Not Found" if head.split(b" ", 2)[1].startswith(NO_ROUTE) else None

    async def pause(self):
        """Before an answer is sent. For lying_server.py."""

    def date(self):
        return email.utils.formatdate(usegmt=True).encode()

    def answer(self, body):
        self.requests += 2 if FAULT == "miscounts" else 1
        if FAULT == "bytes" and self.options.router == "beego":
            body = body.upper()
        fails = FAULT == "status" and self.requests > 2
        self.errors += fails
        status = b"500 Internal Server Error" if fails else b"200 OK"
        return b"HTTP/1.1 %s\r\nDate: %s\r\nContent-Length: %d\r\n\r\n%s" % (status, self.date(), len(body), body)

    async def serve_admin(self, reader, writer):
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
        if path.startswith("/debug/pprof/profile?seconds=") and FAULT != "profile":
            try:  # as long as the profile lasts, or until the client closes the connection
                await asyncio.wait_for(reader.read(), int(path.partition("=")[2]))
            except asyncio.TimeoutError:
                pass
        body = self.admin_page(path.partition("?seconds=")[0])
        head = b"HTTP/1.1 200 OK" if body is not None else b"HTTP/1.1 404 Not Found"
        if FAULT == "unwritten" and "/pprof/" in path:
            head, body = b"HTTP/1.1 500 Internal Server Error", b"the profile was not written: a sentence"
        writer.write(head + b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body or b""), body or b""))
        await writer.drain()
        writer.close()

    def admin_page(self, path):
        kept = self.item_requests if self.options.scenario == "leak" else 0
        if path == "/debug/routes" and FAULT != "routes":
            suspected = kept > 100
            if suspected:
                print(WARNING, file=sys.stderr, flush=True)
            route = {"route": "/api/item/:id", "requests": self.item_requests, "live_bytes": kept * ITEM_BYTES,
                     "live_bytes_per_min": 0, "leak_suspected": suspected}
            return json.dumps({"heap_allocated_bytes": 1_000_000 + kept * ITEM_BYTES, "items": kept, "background_tasks": kept,
                               "routes": [route]}).encode()
        if path == "/metrics":
            return self.metrics().encode()
        if path == "/healthz":
            return b"ok"
        if path == "/debug/vars":
            return json.dumps({"connections_open": 4000, "total": {"requests": self.requests, "turned_away": 7 * self.requests},
                               "purge_calls": 4, "purge_total_ns": 20_000, "lock_waits": 3, "purge_longest_ns": 9_000,
                               "longest_stall_ns": 2_500_000}).encode()
        if path.startswith("/debug/history"):
            return json.dumps({"requests": [3, 20, 20, 0], "longest_stall_ns": [900_000, 2_500_000, 3_500_000, 0]}).encode()
        if path == "/debug/reset":
            return b"counters begin at 0"
        if path in ("/debug/pprof/heap", "/debug/pprof/allocs", "/debug/pprof/profile"):
            kind = {"heap": "inuse_space", "allocs": "alloc_space", "profile": "cpu"}[path.rpartition("/")[2]]
            return b"nothing" if FAULT == "heap" else profile(kind, kept * ITEM_BYTES)
        return None

    def metrics(self):
        """The first worker answers half as many requests more than the others."""
        workers = int(self.options.threads or 1)
        parts = [self.requests / (workers + 0.5) * (1.5 if worker == 0 else 1) for worker in range(workers)]
        lines = ["# TYPE duel_responses_total counter"]
        for worker, part in enumerate(parts):
            lines += [f'duel_responses_total{{worker="{worker}",class="2xx"}} {part}', f'duel_responses_total{{worker="{worker}",class="5xx"}} 0',
                      f'duel_connections_accepted_total{{worker="{worker}"}} {self.connections}']
        cpu_s = time.process_time()
        return "\n".join([*lines, f"process_cpu_seconds_total {cpu_s}", "process_resident_memory_bytes 3000000",
                          "duel_memory_resident_peak_bytes 4000000", f"duel_allocated_bytes_total {64 * self.requests}", ""])

    def stats(self):
        counting = self.options.count_allocations == "on"
        each = {"beego": 19, "echo": 8, "nethttp": 24}.get(self.options.router, 0 if self.options.pool == "on" else 2)
        return {
            "router": self.options.router, "version": "stub", "allocator": "libc", "threads": 1, "uptime_ms": 1,
            "requests": self.requests, "connections": 1, "responses_4xx": 0, "responses_5xx": self.errors,
            "bytes_received": 0, "bytes_sent": 0, "ring_enters": 0, "no_buffers": 0,
            "allocations": self.requests * each if counting else None, "allocated_bytes": self.requests * each * 64,
            "purge_passes": 0, "purge_calls": 0, "purged_pages": 0, "minor_faults": 0, "cpu_user_us": 0, "cpu_system_us": 0,
            "rss_bytes": 1024, "peak_rss_bytes": 1024, "anonymous_bytes": 1024,
        }

    def write_stats(self):
        with open(self.options.stats_file, "a", encoding="utf-8") as file:
            file.write(json.dumps(self.stats()) + "\n")

    async def run(self):
        loop = asyncio.get_running_loop()
        stopped = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, self.write_stats)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
        if FAULT != "silent":
            await asyncio.start_server(self.serve, self.options.host, self.options.port)
            host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host
            admin = "off"
            if self.options.admin_port == "any":
                server = await asyncio.start_server(self.serve_admin, self.options.host, 0)
                admin = f"http://{host}:{server.sockets[0].getsockname()[1]}/"
            print(f"listening on http://{host}:{self.options.port} (stub, admin={admin})", flush=True)
        await stopped.wait()
        self.write_stats()


def parser():
    found = argparse.ArgumentParser()
    for flag in ("router", "host", "threads", "pool", "beego-context", "stats-file", "count-allocations", "access-logs",
                 "access-logs-async", "access-logs-file", "copy-request-body", "gzip", "gzip-methods",
                 "disable-keep-alive", "admin-port", "no-orm", "no-session", "trim",
                 "scenario", "leak-window", "leak-detector", "heap-profile", "account-phases", "max-connections"):
        found.add_argument(f"--{flag}")
    found.add_argument("--port", type=int)
    found.add_argument("--no-config", action="store_true")
    found.add_argument("--version", action="version", version="stub 1")
    return found


def main(options, stub=Stub):
    if FAULT == "dies":
        sys.exit("the stub was told to die")
    asyncio.run(stub(options).run())


if __name__ == "__main__":
    main(parser().parse_args())

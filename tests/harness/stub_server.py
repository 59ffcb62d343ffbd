#!/usr/bin/python3
"""Speaks the server's command line, ready line and stats file, so that the harness can be tested without a build.

STUB_FAULT names one fault: "silent" never listens, "dies" exits at once with a reason, "status" answers 500 to all but
the first request, "bytes" lets the Beego style answer with another byte, "miscounts" counts every request twice, "short"
answers lists of any length with the same bytes, "orm" answers /orm/... with other bytes than /sql/....
"""

import argparse
import asyncio
import json
import os
import re
import signal
import sys

BODIES = {"/ping": b"pong", "/json": b'{"message":"pong"}'}
FAULT = os.environ.get("STUB_FAULT", "")


def page(path):
    if FAULT == "orm" and path.startswith("/orm/"):
        return b"other"
    if path.startswith("/list/"):
        return b"x" * (27 if FAULT == "short" else 27 * int(path.rpartition("/")[2]))
    return BODIES.get(path, b"")


class Stub:
    def __init__(self, options):
        self.options = options
        self.requests = 0
        self.errors = 0

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                posted = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
                body = await reader.readexactly(int(posted[1])) if posted else page(path)
                writer.write(self.answer(body))
                if b"Connection: close" in head:
                    break
        except asyncio.IncompleteReadError:
            pass
        writer.close()

    def answer(self, body):
        self.requests += 2 if FAULT == "miscounts" else 1
        if FAULT == "bytes" and self.options.router == "beego":
            body = body.upper()
        fails = FAULT == "status" and self.requests > 2
        self.errors += fails
        status = b"500 Internal Server Error" if fails else b"200 OK"
        return b"HTTP/1.1 %s\r\nDate: %d\r\nContent-Length: %d\r\n\r\n%s" % (status, self.requests, len(body), body)

    def write_stats(self):
        counting = self.options.count_allocations == "on"
        each = 19 if self.options.router == "beego" else 0 if self.options.pool == "on" else 2
        stats = {
            "router": self.options.router, "version": "stub", "allocator": "libc", "threads": 1, "uptime_ms": 1,
            "requests": self.requests, "connections": 1, "responses_4xx": 0, "responses_5xx": self.errors,
            "bytes_received": 0, "bytes_sent": 0, "ring_enters": 0, "no_buffers": 0,
            "allocations": self.requests * each if counting else None, "allocated_bytes": self.requests * each * 64,
            "purges": 0, "purge_madvises": 0, "purged_pages": 0, "minor_faults": 0, "user_us": 0, "system_us": 0,
            "rss_kib": 1, "peak_rss_kib": 1, "anonymous_kib": 1,
        }
        with open(self.options.stats_file, "a", encoding="utf-8") as file:
            file.write(json.dumps(stats) + "\n")

    async def run(self):
        loop = asyncio.get_running_loop()
        stopped = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, self.write_stats)
        loop.add_signal_handler(signal.SIGTERM, stopped.set)
        if FAULT != "silent":
            await asyncio.start_server(self.serve, self.options.host, self.options.port)
            print(f"listening on http://{self.options.host}:{self.options.port} (stub)", flush=True)
        await stopped.wait()
        self.write_stats()


def main():
    parser = argparse.ArgumentParser()
    for flag in ("router", "host", "threads", "pool", "beego-context", "stats-file", "count-allocations", "access-logs",
                 "access-logs-async", "access-logs-file", "copy-request-body", "gzip", "gzip-methods",
                 "disable-keep-alive", "admin-port", "no-orm", "no-session", "trim"):
        parser.add_argument(f"--{flag}")
    parser.add_argument("--port", type=int)
    parser.add_argument("--no-config", action="store_true")
    parser.add_argument("--version", action="version", version="stub 1")
    options = parser.parse_args()
    if FAULT == "dies":
        sys.exit("the stub was told to die")
    asyncio.run(Stub(options).run())


if __name__ == "__main__":
    main()

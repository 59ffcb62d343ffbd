#!/usr/bin/python3
"""Replaces a program of bench/originals in tests: the stub of the server, with a garbage collector that runs once per request.

STUB_ORIGINALS selects a fault:
  bytes      answers with different bytes
  facts      does not tell its versions
"""

import json
import os
import sys

import stub_server

FAULT = os.environ.get("STUB_ORIGINALS", "")
PAUSE_NS, SHORT_NS, LONG_NS = 40_000, 16_384, 32_768  # per collection: both stops together, and the bounds of their lengths
HEAP_BYTES = 3_000_000
FACTS = {"gin": "1.9.1", "beego": "2.1.0", "echo": "4.11.4", "nethttp": "1.21.13", "go": "1.21.13", "platform": "linux/amd64",
         "collector": "of the stub"}


class Stub(stub_server.Stub):
    def answer(self, body):
        """With another order of fields than the stub of the server."""
        answer = super().answer(body.upper() if FAULT == "bytes" else body)
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *fields = head.split(b"\r\n")
        return b"\r\n".join([status, *reversed(fields)]) + b"\r\n\r\n" + body

    def admin_page(self, path):
        """Nothing is counted by route or by worker, and there is no detector."""
        if path == "/metrics":
            return None
        if path != "/debug/routes":
            return super().admin_page(path)
        kept = self.item_requests if self.options.scenario == "leak" else 0
        return json.dumps({"heap_allocated_bytes": 1_000_000 + kept * stub_server.ITEM_BYTES, "items": kept, "background_tasks": kept,
                           "routes": [{"route": "/api/item/:id", "requests": self.item_requests}]}).encode()

    def stats(self):
        unknown = dict.fromkeys(("ring_enters", "no_buffers", "purge_passes", "purge_calls", "purged_pages"))
        return {**super().stats(), **unknown, "allocator": "Go 1.21.13", "allocations": 21 * self.requests, "gc_runs": self.requests,
                "gc_pause_ns": PAUSE_NS * self.requests, "gc_pauses": [[SHORT_NS, 99 * self.requests], [LONG_NS, self.requests]],
                "gc_cpu_us": 0, "gc_heap_bytes": HEAP_BYTES}


def main():
    if sys.argv[1:] == ["--facts"]:
        print("a line of a library")
        print("" if FAULT == "facts" else json.dumps(FACTS))
        return
    parser = stub_server.parser()
    for flag in ("routes", "session", "orm"):
        parser.add_argument(f"--{flag}")
    stub_server.main(parser.parse_args(), Stub)


if __name__ == "__main__":
    main()

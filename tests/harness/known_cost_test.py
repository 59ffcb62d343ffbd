"""known_cost_test.py PROGRAM: the server of known cost burns at least the CPU time and keeps at least the memory that it is told."""

import json
import os
import pathlib
import signal
import socket
import sys
import tempfile
import time
import unittest

from harness import procfs
from harness.server import Server
from ports import free_port

REQUESTS = 50
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong"


class KnownCost(unittest.TestCase):
    def start(self, *flags):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.stats = pathlib.Path(folder) / "x.stats.jsonl"
        cpus = sorted(os.sched_getaffinity(0))
        return Server([PROGRAM, *flags, "--router=gin", "--no-config"], "127.0.0.1", free_port(), cpus, folder, "x")

    def exchange(self, server, *pieces):
        """Sends the pieces and returns all answers to REQUESTS requests."""
        received = b""
        with socket.create_connection((server.host, server.port), timeout=60) as connection:
            for piece in pieces:
                connection.sendall(piece)
            while len(received) < REQUESTS * len(ANSWER):
                received += connection.recv(65_536)
        return received

    def test_every_request_is_answered_and_counted_in_whatever_pieces_it_comes(self):
        requests = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * REQUESTS
        with self.start("--burn-us=0") as server:
            for size in (len(requests), 7, 1):
                pieces = [requests[at:at + size] for at in range(0, len(requests), size)]
                self.assertEqual(self.exchange(server, *pieces), ANSWER * REQUESTS)
            self.assertEqual(server.snapshot()["requests"], 3 * REQUESTS)

    def test_a_request_takes_the_cpu_time(self):
        with self.start("--burn-us=2000") as server:
            before = procfs.cpu_ns(server.pid)
            self.exchange(server, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * REQUESTS)
            self.assertGreaterEqual(procfs.cpu_ns(server.pid) - before, REQUESTS * 2_000_000)

    def test_an_answer_comes_after_the_delay_and_in_order(self):
        with self.start("--delay-ms=30") as server:
            for _ in range(3):
                begin = time.monotonic()
                self.assertEqual(self.exchange(server, b"GET / HTTP/1.1\r\n\r\n" * REQUESTS), ANSWER * REQUESTS)
                self.assertGreaterEqual(time.monotonic() - begin, 0.030)
            with socket.create_connection((server.host, server.port), timeout=60) as leaver:
                leaver.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertEqual(self.exchange(server, b"GET / HTTP/1.1\r\n\r\n" * REQUESTS), ANSWER * REQUESTS)

    def test_the_memory_is_resident(self):
        with self.start("--hold-mb=30") as server:
            self.assertGreaterEqual(procfs.memory(server.pid)["anonymous_kib"] * 1024, 30_000_000)

    def test_sigterm_ends_it_with_its_last_counters(self):
        server = self.start("--burn-us=0")
        with server:
            self.exchange(server, b"GET / HTTP/1.1\r\n\r\n" * REQUESTS)
            os.kill(server.pid, signal.SIGTERM)
            self.assertEqual(server._process.wait(60), 0)
            self.assertEqual(json.loads(self.stats.read_text().splitlines()[-1])["requests"], REQUESTS)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()

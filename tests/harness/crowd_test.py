"""The slices of bench/crowd/run and the bare server, with the programs of this build.

Usage: crowd_test.py FOLDER, which has the programs server, bare_server and duel-load.
"""

import argparse
import contextlib
import os
import pathlib
import socket
import sys
import tempfile
import unittest
import unittest.mock

import ports
from harness import crowd, release, server

FOLDER = pathlib.Path(sys.argv.pop())
MAXIMUM = 8
# Seconds. On a busy machine, both programs may wait a tenth of a second for their CPU.
WARM_UP_S, SLICE_S = 0.1, 0.5
REQUEST = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
LIMIT_S = 60


def await_stop(process):
    """Waits until the process is stopped."""
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.cpus = sorted(os.sched_getaffinity(0))


class Slices(InFolder):
    def cell(self, stack, name, connections):
        for module, attribute, value in ((release, "FOLDER", FOLDER), (crowd, "RESULTS", self.folder)):
            stack.enter_context(unittest.mock.patch.object(module, attribute, value))
        options = argparse.Namespace(max_connections=MAXIMUM, port=ports.free_port(), cpus=(self.cpus, self.cpus))
        cell = crowd.Cell(name, connections, options, 0)
        cell.open(stack)
        return cell

    def test_a_slice_counts_what_happens_in_it_alone(self):
        for name, connections in (("bare", MAXIMUM), ("gin", MAXIMUM), ("bare", 2 * MAXIMUM), ("gin", 2 * MAXIMUM)):
            with self.subTest(name=name, connections=connections), contextlib.ExitStack() as stack:
                cell = self.cell(stack, name, connections)
                first, second = cell.measure(WARM_UP_S, SLICE_S), cell.measure(WARM_UP_S, SLICE_S)
                for run in (first, second):
                    self.assertEqual((run["server"], run["connections"]), (name, connections))
                    self.assertGreater(run["requests"], 0)
                    self.assertGreater(run["cpu_us_per_request"], 0)
                    self.assertGreater(run["server_share"], 0)
                    self.assertGreater(run["client_share"], 0)
                    # All requests in flight can arrive together, and no more.
                    self.assertLessEqual(run["requests_per_enter"], MAXIMUM)
                self.assertEqual(len(cell.clients), 1 + (connections > MAXIMUM))
                for process in (cell.server, *cell.clients):
                    await_stop(process)

    def test_clients_that_ended_are_an_error(self):
        with contextlib.ExitStack() as stack:
            cell = self.cell(stack, "bare", MAXIMUM)
            cell.clients[0].kill()
            cell.clients[0].wait()
            with self.assertRaisesRegex(crowd.HarnessError, "bare, 8 connections: duel-load has ended; "):
                cell.measure(0.01, 0.01)


class Bare(InFolder):
    def server(self, program, *flags):
        return server.Server([str(FOLDER / program), "--no-config", "--threads=1", *flags], "127.0.0.1", ports.free_port(), self.cpus, self.folder, program)

    def connect(self, running):
        client = socket.create_connection((running.host, running.port), LIMIT_S)
        self.addCleanup(client.close)
        client.sendall(REQUEST)
        return client

    def test_its_answer_is_that_of_the_server_but_for_the_date(self):
        answers = []
        for program in ("bare_server", "server"):
            with self.server(program) as running:
                answers.append(self.connect(running).recv(4096))
        bare, ours = (answer.split(b"\r\n") for answer in answers)
        self.assertEqual([line for line in bare if not line.startswith(b"Date")], [line for line in ours if not line.startswith(b"Date")])
        self.assertEqual(len(answers[0]), len(answers[1]))

    def test_it_accepts_a_client_when_another_has_left(self):
        with self.server("bare_server", "--max-connections=2") as running:
            first, second, third = (self.connect(running) for _ in range(3))
            for client in (first, second):
                self.assertTrue(client.recv(4096).endswith(b"pong"))
            counts = running.snapshot()
            self.assertEqual((counts["connections"], counts["requests"]), (2, 2))
            first.close()
            self.assertTrue(third.recv(4096).endswith(b"pong"))
            self.assertEqual(running.snapshot()["connections"], 3)


if __name__ == "__main__":
    unittest.main()

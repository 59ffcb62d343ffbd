"""Tests of a load from the workers of a Dask cluster: its parts, and runs with a scheduler and two workers on this machine."""

import importlib.util
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import types
import unittest
import unittest.mock

from compare_case import SpawningCase
from harness import cluster, duel_load, options, processes, server
from harness.cluster import Clock
from harness.errors import HarnessError

HERE = pathlib.Path(__file__).parent
BENCH = HERE.parents[1] / "bench"
REAL = HERE.parents[1] / "build" / "release" / "duel-load"
HAS_DASK = importlib.util.find_spec("distributed") is not None
LIMIT_S = 60
MS = 1_000_000


class Clocks(unittest.TestCase):
    def test_the_shortest_round_trip_bounds_the_offset(self):
        # (before, theirs, after): their clock is 30 ms ahead; the second trip was fast, the first spent its time on the way back.
        self.assertEqual(cluster.clock_of([(0, 31 * MS, 20 * MS), (100 * MS, 131 * MS, 102 * MS)]), Clock(30 * MS, MS))

    def test_the_uncertainty_counts_against_the_clock(self):
        cluster.require_right({"one": Clock(-20 * MS, 5 * MS), "other": Clock(0, 50 * MS)})
        for clock in (Clock(-46 * MS, 5 * MS), Clock(51 * MS, 0), Clock(0, 51 * MS)):
            with self.subTest(clock), self.assertRaisesRegex(HarnessError, "the clock of other may differ from ours by 51 ms, and 50 ms are"):
                cluster.require_right({"one": Clock(0, 0), "other": clock})


class Shares(unittest.TestCase):
    def test_connections_are_divided_by_threads(self):
        for total, weights, expected in ((64, [1, 1], [32, 32]), (10, [1, 1, 1], [3, 4, 3]), (8, [1, 3], [2, 6]), (2, [9, 1], [1, 1])):
            self.assertEqual(cluster.shares(total, weights), expected)
        for total in range(5, 60):
            self.assertEqual(sum(cluster.shares(total, [4, 1, 1, 7, 2])), total)


class Commands(unittest.TestCase):
    def load(self, plan):
        workers = cluster.Cluster("tcp://x:1", "/x", print)
        workers.threads = {"tcp://a:1": 1, "tcp://b:1": 3}
        return cluster.ClusterLoad(program="/x", plan=plan, connections=8, seconds=2, cpus=(), cluster=workers)

    def test_the_schedule_the_connections_and_the_start_are_shared(self):
        load = self.load(duel_load.Plan(rate=9000))
        first, second = (load.arguments_of(place, "http://h/", "id", 1795864491.5) for place in (0, 1))
        self.assertLess({"--share=1/2", "--start-at=1795864491.500", "--rate=9000", "--connections=2", "--threads=1", "--trace-id=id-1-"}, set(first))
        self.assertLess({"--share=2/2", "--start-at=1795864491.500", "--rate=9000", "--connections=6", "--threads=3", "--trace-id=id-2-"}, set(second))
        self.assertEqual((load.threads, load.cores_usable, load.intended_rate), (4, 4, 9000))

    def test_a_closed_loop_has_no_schedule_to_share(self):
        self.assertFalse([flag for flag in self.load(duel_load.Plan()).arguments_of(0, "http://h/", "id", 1.0) if flag.startswith("--share")])

    def test_one_late_worker_makes_the_run_invalid(self):
        record = {**{f"errors_{name}": 0 for name in duel_load.ERRORS}, "late": "", "void": "tcp://a:1: it was late", "requests": 5,
                  "bad_statuses": ""}
        load = self.load(duel_load.Plan(rate=5))
        self.assertEqual(duel_load.failures(record, load), ["tcp://a:1: it was late"])
        self.assertEqual(duel_load.failures({**record, "void": ""}, load), [])


class OwnServers(unittest.TestCase):
    """A server that bench/compare starts, loaded from other machines."""

    def refusal(self, host, scheduler="192.0.2.1", only_duel_load=True):
        given = types.SimpleNamespace(scenario="gc", host=host, load_workers=options.Endpoint("tcp", scheduler, 8786))
        with unittest.mock.patch.object(cluster, "require_scheduler"), self.assertRaises(HarnessError) as caught:
            cluster.require_usable(given, only_duel_load)
        return str(caught.exception)

    def test_the_workers_must_be_able_to_reach_it(self):
        for host in ("127.0.0.1", "::1", "0.0.0.0", "::"):
            self.assertIn(f"--host: the workers of tcp://192.0.2.1:8786 cannot reach {host}; give an address", self.refusal(host))
        self.assertIn("cannot reach 0.0.0.0", self.refusal("0.0.0.0", "127.0.0.1"))
        given = types.SimpleNamespace(host="127.0.0.1", load_workers=options.Endpoint("tcp", "127.0.0.1", 8786))
        with unittest.mock.patch.object(cluster, "require_scheduler"):
            cluster.require_usable(given, True)

    def test_only_scenarios_of_duel_load_can_use_them(self):
        self.assertIn("--load-workers: the scenario gc is not loaded by duel-load alone", self.refusal("192.0.2.9", only_duel_load=False))


@unittest.skipUnless(HAS_DASK, "Debian's package python3-distributed is not installed")
class Running(SpawningCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [str(HERE / "stub_server.py"), "--router=gin"]
        self.server = self.enterContext(server.Server(command, "127.0.0.1", port, sorted(os.sched_getaffinity(0)), self.folder, "stub", "any"))

    def program(self, name, *command, **variables):
        """Starts a program of Dask, with its output in a file."""
        with open(self.folder / f"{name}.log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([sys.executable, "-m", *command], stdout=log, stderr=log, env={**processes.environment(), **variables})

        def end():
            process.kill()
            process.wait()
        self.addCleanup(end)
        return process

    def log_of(self, name, process, pattern):
        """Waits for a line in the output of a program."""
        def found():
            self.assertIsNone(process.poll(), f"{name} has ended")
            return re.search(pattern, (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace"))
        return self.wait_for(found)

    def wait_for(self, found):
        """Calls found() until its result is true, and returns it. Fails after LIMIT_S, which no machine needs."""
        deadline = time.monotonic() + LIMIT_S
        while not (result := found()):
            self.assertLess(time.monotonic(), deadline, "the event did not come")
            time.sleep(0.05)
        return result

    def scheduler(self):
        process = self.program("scheduler", "distributed.cli.dask_scheduler", "--host=127.0.0.1", "--no-dashboard", "--port=0", "--no-show")
        return self.log_of("scheduler", process, r"Scheduler at: +(tcp://[\d.:]+)")[1]

    def workers(self, address, *variables):
        """Starts a worker per element of `variables`, which is its environment."""
        found = [self.program(f"worker-{number}", "distributed.cli.dask_worker", address, "--host=127.0.0.1", "--no-dashboard", "--nthreads=1",
                              "--no-nanny", f"--local-directory={self.folder / f'worker-{number}'}", **each) for number, each in enumerate(variables)]
        for number, worker in enumerate(found):
            self.log_of(f"worker-{number}", worker, r"Registered to: ")
        return found

    def cluster(self, *variables):
        """Returns the address of the scheduler and the workers."""
        address = self.scheduler()
        return address, self.workers(address, *variables)

    def start(self, address, *flags, program=HERE / "stub_duel_load.py", seconds=1):
        command = [sys.executable, "-B", "-m", "harness", f"--attach={self.server.url('')}", f"--load-workers={address}", "--rounds=1",
                   f"--seconds={seconds}", f"--warm-up={seconds}", f"--results={self.folder / 'results'}", f"--duel-load={program}", "--connections=4", *flags]
        return self.spawn(command, {**processes.environment(), "PYTHONPATH": str(BENCH)})

    def run_to_end(self, address, *flags, **settings):
        process = self.start(address, *flags, **settings)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assert_clean()
        return process.returncode, text

    def assert_clean(self):
        """The program that was sent to the workers is removed."""
        self.assertEqual([path for path in self.folder.glob("worker-*/**/*") if "duel-load" in path.name], [])

    def reports(self):
        return [json.loads(path.read_text()) for path in sorted((self.session_folder() / "raw").glob("*[0-9]-1-1.worker-*.json"))]

    def started(self, waiting, count):
        """Waits until `count` stubs of duel-load have started, and returns their process ids."""
        return self.wait_for(lambda: len(pids := [int(path.name) for path in waiting.iterdir()]) == count and pids)

    def assert_ended(self, pids):
        self.wait_for(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in pids))

    def test_two_workers_send_one_schedule_and_their_counts_are_added(self):
        address, _ = self.cluster({}, {})
        status, text = self.run_to_end(address, "--rate=500", f"--admin={self.server.admin_url()}")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"load from 2 workers with 2 threads; their clocks differ from ours by at most [0-9.]+ ms")
        self.assertIn("; duel-load on 2 workers with 2 threads", text)
        (row,) = self.rows()
        self.assertEqual((row["requests"], row["server_requests"], row["intended_rate"]), ("40", "40", "500.0"))
        first, second = self.reports()
        self.assertEqual([each["settings"]["share"] for each in (first, second)], ["1/2", "2/2"])
        self.assertEqual([each["settings"]["connections"] for each in (first, second)], [2, 2])
        self.assertEqual(first["start_unix_ns"], second["start_unix_ns"])
        with self.subTest("the real program"):
            self.assert_the_real_program_loads(address)

    def assert_the_real_program_loads(self, address):
        if not REAL.is_file():
            self.skipTest("duel-load is not built")
        (self.folder / "results").rename(self.folder / "first")
        status, text = self.run_to_end(address, f"--admin={self.server.admin_url()}", program=REAL)
        self.assertEqual(status, 0, text)
        (row,) = self.rows()
        reports = self.reports()
        self.assertEqual(len(reports), 2)
        self.assertEqual(int(row["requests"]), sum(report["total"]["answered"] for report in reports))
        self.assertEqual(sum(report["total"]["latency_from_actual"]["count"] for report in reports), int(row["requests"]))
        self.assertTrue(0 <= int(row["server_requests"]) - int(row["requests"]) <= 4, row)

    def test_a_worker_with_a_shifted_window_is_refused(self):
        address, _ = self.cluster({}, {"STUB_SHIFT_S": "0.5"})
        status, text = self.run_to_end(address, "--rate=500")
        self.assertEqual(status, 1, text)
        self.assertRegex(text, r"bench/compare: the windows of the workers share only (4[89]|5[012])% of their time: tcp://\S+ began 0\.\d\d s after tcp")

    def test_a_worker_that_dies_makes_the_run_void(self):
        waiting = self.folder / "waiting"
        waiting.mkdir()
        address, workers = self.cluster({"STUB_WAITS": str(waiting)}, {"STUB_WAITS": str(waiting)})
        process = self.start(address, seconds=3600)  # longer than the test waits
        pids = self.started(waiting, 2)
        workers[0].kill()
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 1, text)
        self.assertRegex(text, r"bench/compare: the worker tcp://\S+ has ended or does not answer, so the run is void; ")
        self.assertFalse((self.session_folder() / "runs.csv").exists(), "a void run has no record")
        self.assert_ended(pids)  # also that of the dead worker

    def test_ctrl_c_ends_the_load_on_every_worker(self):
        waiting = self.folder / "waiting"
        waiting.mkdir()
        address, _ = self.cluster({"STUB_WAITS": str(waiting)}, {"STUB_WAITS": str(waiting)})
        process = self.start(address, seconds=3600)  # longer than the test waits
        pids = self.started(waiting, 2)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 130, text)
        self.assertIn("interrupted, the load generator is stopped", text)
        self.assert_ended(pids)
        self.assert_clean()

    def test_a_cluster_without_workers_or_with_one_that_cannot_run_the_program_is_refused(self):
        address = self.scheduler()
        status, text = self.run_to_end(address)
        self.assertEqual(status, 1, text)
        self.assertIn(f"bench/compare: --load-workers: {address} has no workers; start them with dask-worker {address}\n", text)
        self.workers(address, {})
        for content, cause in (("#!/nowhere\n", "cannot start duel-load (No such file or directory)"),
                               ("#!/bin/sh\necho needs GLIBC_9.9 >&2\nexit 1\n", "cannot start duel-load: needs GLIBC_9.9")):
            (self.folder / "program").write_text(content)
            (self.folder / "program").chmod(0o755)
            with self.subTest(cause):
                status, text = self.run_to_end(address, program=self.folder / "program")
                self.assertEqual(status, 1, text)
                self.assertRegex(text, rf"bench/compare: --load-workers: tcp://\S+ {re.escape(cause)}; ")


if __name__ == "__main__":
    unittest.main()

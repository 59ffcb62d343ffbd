"""Tests of the scenario smallest_box: with simulated servers, and once with the stub server in the groups of this machine."""

import contextlib
import io
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import types
import unittest
import unittest.mock
from dataclasses import replace

from harness import bisection, cgroup, processes, procfs
from harness import __main__ as compare
from harness.errors import HarnessError
from harness.found import Found
from harness.scenarios import smallest_box
from harness.server import Server, ServerEnded
from harness.session import Cell, Session
from ports import free_port

HERE = pathlib.Path(__file__).resolve().parent
NO_ERRORS = {f"errors_{kind}": 0 for kind in smallest_box.duel_load.ERRORS}


class SimulatedSession:
    """Its servers need a known CPU quota and a known memory limit, and use a little more in the whole box."""

    CPU_PERCENT = {"gin": 30.0, "beego": 36.0}
    MEMORY_MB = {"gin": 2.0, "beego": 2.5}

    def __init__(self, folder):
        self.options = types.SimpleNamespace(rate=10_000.0, p99_ms=20.0, rounds=3, seconds=2, warm_up=1, connections=64, seed=1,
                                             scenario="smallest_box")
        self.environment = {"cpu_model": "simulated", "kernel": "0", "server_cpus": "0", "client_cpus": "1", "build_type": "Release",
                            "cpu_governor": "performance"}
        self.server_cpus = [0]
        self.said, self.order = [], []
        self.records = types.SimpleNamespace(runs=[])
        self.plot = pathlib.Path(folder) / "smallest_box"

    def found(self):
        """What the records would hold."""
        facts = {"environment": self.environment, "options": vars(self.options), "server_cpus": self.server_cpus, "started": 0}
        return Found(facts, {}, {}, tuple(self.records.runs))

    def say(self, text):
        self.said.append(text)

    def show(self, text, stays=False):
        self.said.append(text)

    def from_results(self, value, _name, _rule):
        return value

    def repeat(self, following, _about):
        return iter(following, None)

    def lateness_us(self, holds):
        return 20.0

    def timed(self, cell, number, purpose, may_end):
        assert may_end
        self.order.append((purpose, number, cell.key))
        record = {"cell": cell.key, "purpose": purpose, "round": number, "used": True, "foreign_share": 0.0, "stolen_share": 0.0,
                  **self.result(cell.limits, cell.router)}
        self.records.runs.append(record)
        return record

    def result(self, limits, router):
        need = self.CPU_PERCENT[router]
        if limits.memory_bytes / 1e6 < self.MEMORY_MB[router]:
            return {"ended": "the server ended with status -9", "oom_kills": 1, "group_peak_bytes": limits.memory_bytes}
        holds = limits.cpu_percent >= need
        return {**NO_ERRORS, "scheduled_requests": 20_000, "latency_p99_us": 900.0 if holds else 90_000.0,
                "lateness_p99_us": self.lateness_us(holds), "requests_per_s": 10_000.0,
                "cpu_us_per_request": need * 1.1 / 100 * 100, "quota_periods": 20, "throttled_periods": 2 if holds else 20,
                "group_peak_bytes": self.MEMORY_MB[router] * 1.1e6, "rss_kib": 7000, "invalid": "", "oom_kills": 0}


class Scenario(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.session = SimulatedSession(self.folder)
        self.enterContext(unittest.mock.patch.object(smallest_box.comparison, "require_same_answers"))

    def run_scenario(self):
        smallest_box.measure(self.session)
        self.report = smallest_box.report(self.session.found())
        self.report.draw(self.session.plot)
        return self.report.text

    def row(self, text, label):
        return re.search(rf"(?m)^ *{re.escape(label)}  +(.*)$", text)[1].split()

    def test_the_smallest_box_of_every_style_is_found_and_printed(self):
        text = self.run_scenario()
        for label, needs in (("smallest CPU quota, % of a CPU", SimulatedSession.CPU_PERCENT),
                             ("smallest memory limit, MB", SimulatedSession.MEMORY_MB)):
            gin, beego, again = map(float, self.row(text, label))
            for value, need in ((gin, needs["gin"]), (beego, needs["beego"]), (again, needs["gin"])):
                self.assertTrue(need * 0.999 <= value <= need * (1 + smallest_box.RESOLUTION) + 0.05, (label, value))
        self.assertEqual(self.row(text, "P99 at the smallest, ms"), ["0.9"] * 3)
        self.assertEqual(self.row(text, "P99 just below it, ms"), ["90.0"] * 3)
        self.assertEqual(self.row(text, "periods throttled just below"), ["20", "of", "20"] * 3)
        self.assertEqual(self.row(text, "periods throttled at the smallest"), ["2", "of", "20"] * 3)
        self.assertEqual(self.row(text, "servers that ended at the smallest"), ["0", "of", "3"] * 3)
        self.assertEqual(self.row(text, "servers that ended just below"), ["3", "of", "3"] * 3)
        self.assertRegex(text, r"(?m)^smallest CPU quota +1\.2\d \[1\.1\d, 1\.2\d\] +1\.00 \[0\.97, 1\.03\]$")
        self.assertRegex(text, r"(?m)^smallest memory limit +1\.2\d \[1\.2\d, 1\.\d\d\] +1\.00 \[0\.97, 1\.03\]$")
        self.assertIn("a lack of up to 1.0% is not noticed", text)
        brackets = json.loads(json.dumps(self.report.figures))["brackets"]
        self.assertEqual(set(brackets["cpu"]), {"gin", "beego", "gin_again"})
        self.assertTrue((pathlib.Path(self.folder) / "smallest_box.png").read_bytes().startswith(b"\x89PNG"))

    def test_a_late_generator_spoils_no_run_that_holds(self):
        with unittest.mock.patch.object(self.session, "lateness_us", lambda holds: 5_000.0 if holds else 20.0):
            text = self.run_scenario()
        self.assertLess(len(self.session.records.runs), 110)
        self.assertNotIn("load generator was late", text)

    def test_a_run_that_misses_the_level_is_repeated_if_the_generator_was_late(self):
        latenesses = iter([5_000.0, 20.0])
        cell = replace(Cell("gin", "Gin", "gin", "/json"), limits=cgroup.Limits(cpu_percent=1, memory_bytes=2**30))
        with unittest.mock.patch.object(self.session, "lateness_us", lambda holds: next(latenesses)):
            outcome = smallest_box.attempt(self.session, cell, 1, "cpu")
        self.assertEqual((outcome.held, outcome.why, len(self.session.order)), (False, "the P99 was 90.0 ms", 2))
        self.assertEqual(self.session.said, ["    Gin: the P99 was 90.0 ms, but duel-load was late by 5.0 ms (P99); repeated"])

    def test_a_value_counts_as_failed_if_the_generator_is_late_each_time_and_the_table_says_so(self):
        with unittest.mock.patch.object(self.session, "lateness_us", lambda holds: 20.0 if holds else 5_000.0):
            text = self.run_scenario()
        self.assertRegex(text, r"\d+ runs of \d+ counted as failed although the load generator was late in 3 attempts")
        self.assertEqual(self.row(text, "P99 just below it, ms"), ["90.0"] * 3)

    def test_styles_that_need_the_same_are_a_tie(self):
        with unittest.mock.patch.object(SimulatedSession, "CPU_PERCENT", {"gin": 30.0, "beego": 30.2}):
            self.assertRegex(self.run_scenario(), r"(?m)^smallest CPU quota +~ 1\.0")

    def test_the_searches_take_turns_in_changing_order(self):
        self.run_scenario()
        first = [key for purpose, number, key in self.session.order if (purpose, number) == ("cpu", 1)]
        second = [key for purpose, number, key in self.session.order if (purpose, number) == ("cpu", 2)]
        self.assertEqual(first, ["gin", "beego", "gin_again"])
        self.assertEqual(second, first[::-1])

    def test_a_level_that_the_whole_box_does_not_hold_is_refused(self):
        with unittest.mock.patch.object(SimulatedSession, "CPU_PERCENT", {"gin": 30.0, "beego": 130.0}):
            with self.assertRaisesRegex(HarnessError, r"Beego does not hold 10,000 requests/s with a P99 of at most 20 ms even with 100 % of a "
                                                      r"CPU, 1073\.7 MB: the P99 was 90\.0 ms; use a smaller --rate"):
                self.run_scenario()

    def test_a_server_that_cannot_run_in_the_whole_box_is_an_error(self):
        with unittest.mock.patch.object(SimulatedSession, "MEMORY_MB", {"gin": 2.0, "beego": 5000.0}):
            with self.assertRaisesRegex(HarnessError, "Beego: the server was killed: out of memory"):
                self.run_scenario()

    def test_a_level_that_the_minimum_holds_has_no_lower_end(self):
        with unittest.mock.patch.object(SimulatedSession, "CPU_PERCENT", {"gin": 0.5, "beego": 0.5}):
            text = self.run_scenario()
        self.assertEqual(self.row(text, "smallest CPU quota, % of a CPU"), ["1.0"] * 3)
        self.assertEqual(self.row(text, "largest that fails, % of a CPU"), ["-"] * 3)
        self.assertRegex(text, r"(?m)^smallest CPU quota +- +-$")
        self.assertTrue(any("1.0 (even the minimum)" in line for line in self.session.said))


class Rules(unittest.TestCase):
    def missed(self, **record):
        return smallest_box.why_missed({**NO_ERRORS, "scheduled_requests": 100, "latency_p99_us": 20_000.0, **record}, 20.0)

    def test_a_run_holds_with_the_p99_of_the_level_and_without_a_failed_request(self):
        self.assertEqual(self.missed(), "")
        self.assertEqual(self.missed(latency_p99_us=20_001.0), "the P99 was 20.0 ms")
        for kind in smallest_box.duel_load.ERRORS:
            self.assertEqual(self.missed(**{f"errors_{kind}": 3}), "3 of 100 requests failed")

    def test_a_bracket_has_a_text(self):
        def text(fails, holds):
            return smallest_box.bracket_text(bisection.Bracket(fails, holds), smallest_box.CPU)
        self.assertEqual([text(20, 21), text(None, 1), text(100, None)], ["21.0 (fails at 20.0)", "1.0 (even the minimum)", "> 100.0"])


class WithGroups(unittest.TestCase):
    """With the stub server in real groups."""

    def setUp(self):
        try:
            cgroup.require(smallest_box.LIMITS)
        except HarnessError as error:
            self.skipTest(str(error))
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.addCleanup(processes.stop_all)

    def session(self, *flags):
        (options,) = compare.parse_arguments(["smallest_box", f"--server={HERE / 'stub_server.py'}", f"--port={free_port()}",
                                              f"--duel-load={HERE / 'stub_duel_load.py'}", f"--results={self.folder}", *flags]).scenarios
        with contextlib.redirect_stdout(io.StringIO()):
            return Session(options)

    def cell(self, session):
        return Cell("gin", "Gin", "gin", smallest_box.PATH, plan=smallest_box.plan(session.options))

    def test_a_run_has_the_limits_and_the_counts_of_its_group(self):
        session = self.session()
        cell = self.cell(session)
        limits = cgroup.Limits(cpu_percent=90, memory_bytes=2**28)
        outcome = smallest_box.attempt(session, replace(cell, limits=limits), 1, "cpu")
        self.assertTrue(outcome.held, outcome)
        self.assertEqual((outcome.record["cpu_quota_percent"], outcome.record["memory_limit_bytes"]), (90, 2**28))
        self.assertGreater(outcome.record["group_peak_bytes"], 1_000_000)

    def test_a_server_that_needs_more_memory_than_its_limit_misses_the_level(self):
        session = self.session()
        cell = replace(self.cell(session), limits=cgroup.Limits(cpu_percent=90, memory_bytes=2**20))
        outcome = smallest_box.attempt(session, cell, 1, "memory")
        self.assertEqual((outcome.held, outcome.record), (False, None))
        self.assertEqual(outcome.why, "the server was killed: out of memory")
        self.assertIn("it needed more memory than its limit allows (90 % of a CPU, 1.0 MB)", session.records.runs[-1]["ended"])

    def test_ctrl_c_leaves_no_server_and_no_group(self):
        port = free_port()
        command = [sys.executable, "-B", "-m", "harness", "smallest_box", f"--server={HERE / 'stub_server.py'}", f"--port={port}",
                   f"--null-server={HERE / 'stub_server.py'}", f"--duel-load={HERE / 'stub_duel_load.py'}", f"--results={self.folder}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   env={**processes.environment(), "PYTHONPATH": str(HERE.parents[1] / "bench")})
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        next(line for line in process.stdout if " whole box " in line)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, text)
        self.assertIn("interrupted, the server and the load generator are stopped; ", text)
        self.assertEqual([path for parent in cgroup._all_parents("/proc") for path in parent.glob(f"*.{process.pid}.*")], [])
        with socket.socket() as probe:
            self.assertNotEqual(probe.connect_ex(("127.0.0.1", port)), 0)

    def test_a_server_that_ends_under_load_is_the_cause_of_what_follows(self):
        server = Server([str(HERE / "stub_server.py"), "--router=gin"], "127.0.0.1", free_port(), [0], self.folder, "x",
                        limits=cgroup.Limits(memory_bytes=2**28))
        with self.assertRaisesRegex(ServerEnded, "the server ended with status -9 before it was stopped"):
            with server:
                server._process.kill()
                server._process.wait()
                raise HarnessError("duel-load failed")

    def test_a_server_that_the_kernel_has_begun_to_end_is_waited_for(self):
        server = Server([str(HERE / "stub_server.py"), "--router=gin"], "127.0.0.1", free_port(), [0], self.folder, "x")
        with self.assertRaisesRegex(ServerEnded, "the server ended with status -9 before it was stopped"):
            with server:
                # As between the two steps of the kernel: the memory is free, and the process cannot be waited for at once.
                self.enterContext(unittest.mock.patch.object(server._process, "poll", lambda: server._process.returncode))
                server._process.kill()
                os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
                procfs.memory(server.pid)


if __name__ == "__main__":
    unittest.main()

"""Tests of harness/load.py: the command of wrk, its report and its errors."""

import os
import pathlib
import signal
import tempfile
import unittest
import unittest.mock

from harness import load

CLEAN = {"requests": 1000, "errors_connect": 0, "errors_read": 0, "errors_write": 0, "errors_timeout": 0,
         "errors_status": 0, "server_requests": 1000, "server_4xx": 0, "server_5xx": 0}


class Wrk(unittest.TestCase):
    def test_the_report_is_found_between_other_lines(self):
        self.assertEqual(load.parse('Running 1s test\n  Latency 1ms\nREPORT {"requests":7}\n'), {"requests": 7})

    def test_a_missing_report_is_an_error(self):
        with self.assertRaises(ValueError):
            load.parse("Requests/sec: 12\n")

    def test_each_kind_of_error_is_named(self):
        self.assertEqual(load.failures(CLEAN), [])
        for kind in ("connect", "read", "write", "timeout", "status"):
            found = load.failures({**CLEAN, f"errors_{kind}": 3})
            self.assertEqual(len(found), 1, kind)
            self.assertIn("3 ", found[0])
        self.assertEqual(load.failures({**CLEAN, "requests": 0}), ["no request was answered"])

    def test_the_command_has_every_parameter(self):
        command = load.Load(4, 512, 60, (2, 3)).command("http://127.0.0.1:8080/ping", "id")
        self.assertEqual(command[:7], ["taskset", "-c", "2,3", "wrk", "-t4", "-c512", "-d60s"])
        self.assertEqual(command[-3:], ["-H", "X-Trace-ID: id", "http://127.0.0.1:8080/ping"])

    def test_a_part_of_a_second_ends_with_the_signal_that_wrk_knows(self):
        command = load.Load(1, 5, 60, (2,)).for_warm_up(0.3).command("http://127.0.0.1:8080/ping", "id")
        self.assertEqual(command[:8], ["taskset", "-c", "2", "timeout", "--foreground", "--preserve-status", "--signal=INT", "0.3"])
        self.assertEqual(command[8:14], ["env", "--ignore-signal=INT", "wrk", "-t1", "-c5", "-d1s"])

    def test_the_signal_does_not_end_a_wrk_that_still_starts(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            stand_in = folder / "wrk"
            stand_in.write_text("#!/bin/sh\nkill -INT $$\necho 'REPORT {}'\n", encoding="ascii")
            stand_in.chmod(0o755)
            # A shell starts a job in the background with SIGINT ignored, and wrk would inherit that from this test.
            before = signal.signal(signal.SIGINT, signal.default_int_handler)
            self.addCleanup(signal.signal, signal.SIGINT, before)
            with unittest.mock.patch.dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}"):
                outcome = load.Load(1, 1, 0.3, (min(os.sched_getaffinity(0)),)).run("http://127.0.0.1:1/", "id", folder / "run")
            self.assertEqual(load.figures_in(folder / outcome["files"][0]), {})


if __name__ == "__main__":
    unittest.main()
